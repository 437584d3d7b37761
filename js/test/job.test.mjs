import assert from "node:assert/strict";
import { test } from "node:test";
import { jobWords, LatestOnly, Question } from "../../compexp_widgets/widgets/shared/page/protocol/job.js";

test("one job runs at a time, and of those that wait only the latest", async () => {
  const ran = [];
  const gates = [];
  const latest = new LatestOnly((job) => {
    ran.push(job);
    return new Promise((resolve) => gates.push(resolve));
  });
  for (const job of [1, 2, 3, 4]) latest.submit(job);
  assert.deepEqual(ran, [1]);
  gates[0]();
  await new Promise(setImmediate);
  assert.deepEqual(ran, [1, 4]);
  gates[1]();
  await new Promise(setImmediate);
  latest.submit(5);
  assert.deepEqual(ran, [1, 4, 5]);
});

/** An answer that the test gives when it likes. */
function later() {
  let give, fail;
  const promise = new Promise((resolve, reject) => ([give, fail] = [resolve, reject]));
  return { promise, give, fail };
}

test("a late answer to an older question is never shown, nor is its failure", async () => {
  const states = [];
  const question = new Question((state) => states.push(state));
  const [first, second, third] = [later(), later(), later()];
  const one = question.put(() => first.promise);
  const two = question.put(() => second.promise);
  const three = question.put(() => third.promise);
  third.give("third");
  second.give("second");
  first.fail(new Error("late"));
  assert.deepEqual(await Promise.all([one, two, three]), [null, null, "third"]);
  assert.deepEqual(states.at(-1), { asking: false, error: null });
  assert.equal(states.length, 4);
});

test("a question that failed says so until another is answered", async () => {
  const states = [];
  const question = new Question((state) => states.push(state));
  const error = new Error("too long");
  assert.equal(await question.put(() => Promise.reject(error)), null);
  assert.deepEqual(states, [{ asking: true, error: null }, { asking: false, error }]);
  assert.equal(await question.put(() => Promise.resolve("answer")), "answer");
  assert.deepEqual(states.at(-1), { asking: false, error: null });
});

test("a question that was dropped is not answered any more", async () => {
  const states = [];
  const question = new Question((state) => states.push(state));
  const { promise, give } = later();
  const answer = question.put(() => promise);
  question.drop();
  give("late");
  assert.equal(await answer, null);
  assert.deepEqual(states.at(-1), { asking: false, error: null });
});

test("work says what it does, how far it is and how long it takes", () => {
  assert.equal(jobWords({ stage: "pairs", done: 1000, total: 4500, seconds_left: 12 }), "pairs: 1,000 of 4,500 · about 12 s left");
  assert.equal(jobWords({ done: 0, total: 3, seconds_left: null }), "0 of 3");
});
