import assert from "node:assert/strict";
import { test } from "node:test";
import { Cancelled, Channel, FormulaError, orFormulaError } from "../../compexp_widgets/widgets/shared/page/protocol/channel.js";

/** A model whose messages the test reads and answers. */
function fakeModel() {
  let listeners = [];
  return {
    sent: [],
    send(message) {
      this.sent.push(message);
    },
    on: (event, listener) => listeners.push(listener),
    off: (event, listener) => (listeners = listeners.filter((other) => other !== listener)),
    hear: (message, buffers) => listeners.forEach((listener) => listener(message, buffers)),
    count: () => listeners.length,
  };
}

const quiet = { onEvent: () => {}, onFailure: () => {} };
const turns = () => new Promise(setImmediate);

test("an answer reaches the request with its id, whatever the order", async () => {
  const model = fakeModel();
  const channel = new Channel(model, quiet);
  const first = channel.request("card", { settings: {} });
  const second = channel.request("pictures", { images: [1] });
  const [one, two] = model.sent;
  assert.ok(two.id > one.id);
  model.hear({ type: "pictures", id: two.id, finished: true });
  model.hear({ type: "card", id: one.id, finished: true }, ["buffer"]);
  assert.deepEqual((await first).buffers, ["buffer"]);
  assert.equal((await second).message.type, "pictures");
});

test("parts of an answer are heard before it", async () => {
  const model = fakeModel();
  const heard = [];
  const sweep = new Channel(model, quiet).request("sweep", {}, { onPart: ({ done }, buffers) => heard.push([done, buffers]) });
  const [{ id }] = model.sent;
  model.hear({ type: "sweep", id, done: 1, finished: false });
  model.hear({ type: "sweep", id, done: 2, finished: false }, ["more"]);
  model.hear({ type: "sweep", id, done: 3, finished: true });
  model.hear({ type: "sweep", id, done: 4, finished: false });
  assert.equal((await sweep).message.done, 3);
  assert.deepEqual(heard, [[1, []], [2, ["more"]]]);
});

test("who waits for the first message hears what follows, and that it was cancelled; an error is told", async () => {
  const model = fakeModel();
  const told = [];
  const heard = [];
  const channel = new Channel(model, { ...quiet, onFailure: (error) => told.push(error.message) });
  const hear = (more) => heard.push(more instanceof Cancelled ? "cancelled" : more.type);
  const cards = [1, 2, 3, 4].map(() => channel.first("card", {}, hear));
  const [one, two, three, four] = model.sent;
  for (const { id } of [one, two, three]) model.hear({ type: "card", id, finished: false });
  model.hear({ type: "card", id: four.id, finished: true });
  assert.deepEqual((await Promise.all(cards)).map(({ message }) => message.type), ["card", "card", "card", "card"]);
  model.hear({ type: "proof", id: one.id, finished: true });
  model.hear({ type: "cancelled", id: two.id, finished: true, found: null });
  model.hear({ type: "error", id: three.id, finished: true, message: "no proof" });
  await turns();
  assert.deepEqual(heard, ["proof", "cancelled"]);
  assert.deepEqual(told, ["no proof"]);
});

test("an error rejects the request that it answers, with its detail", async () => {
  const model = fakeModel();
  const request = new Channel(model, quiet).request("card", {});
  model.hear({ type: "error", id: model.sent[0].id, finished: true, message: "no unit 9", detail: "traceback" });
  await assert.rejects(request, { name: "KernelError", message: "no unit 9", detail: "traceback" });
});

test("a formula that cannot be read rejects the request, or answers it for who expects that", async () => {
  const model = fakeModel();
  const channel = new Channel(model, quiet);
  const failure = (id) => ({ type: "formula_error", id, finished: true, message: "no concept", position: 3 });
  const one = channel.request("region", {});
  model.hear(failure(model.sent[0].id));
  await assert.rejects(one, FormulaError);
  const two = orFormulaError(channel.request("region", {}));
  model.hear(failure(model.sent[1].id));
  assert.equal((await two).failure.position, 3);
});

test("a request that was cancelled is rejected with what there was", async () => {
  const model = fakeModel();
  const channel = new Channel(model, quiet);
  const request = channel.request("evidence", {});
  model.hear({ type: "cancelled", id: model.sent[0].id, finished: true, found: { type: "evidence", done: 3 } });
  await assert.rejects(request, (error) => error instanceof Cancelled && error.found.done === 3);
});

test("errors of messages that nobody waits for, and errors without an id, are told", async () => {
  const model = fakeModel();
  const told = [];
  const channel = new Channel(model, { ...quiet, onFailure: (error) => told.push(error.message) });
  channel.send("explain_all", {});
  model.hear({ type: "error", id: model.sent[0].id, finished: true, message: "busy" });
  model.hear({ type: "error", id: null, finished: true, message: "table" });
  await turns();
  assert.deepEqual(told.sort(), ["busy", "table"]);
});

test("answers to another view are not heard", () => {
  const model = fakeModel();
  const heard = [];
  new Channel(model, { onEvent: (message) => heard.push(message), onFailure: (error) => heard.push(error) });
  model.hear({ type: "card", id: -5, finished: true });
  model.hear({ type: "error", id: -5, finished: true, message: "theirs" });
  model.hear(null);
  assert.deepEqual(heard, []);
});

test("messages that nobody asked for are events", () => {
  const model = fakeModel();
  const heard = [];
  new Channel(model, { ...quiet, onEvent: (message) => heard.push(message.type) });
  model.hear({ type: "rows", id: null, rows: [] });
  assert.deepEqual(heard, ["rows"]);
});

test("a kernel that cannot be reached is an error with the way on", async () => {
  const model = fakeModel();
  model.send = () => {
    throw new Error("comm closed");
  };
  await assert.rejects(new Channel(model, quiet).request("hello", {}), /Run the cell again/);
});

test("a closed channel has stopped listening and waits for nothing", async () => {
  const model = fakeModel();
  const told = [];
  const channel = new Channel(model, { ...quiet, onFailure: (error) => told.push(error) });
  const request = channel.request("card", {});
  channel.send("cancel", {});
  channel.close();
  assert.equal(model.count(), 0);
  await assert.rejects(request, /closed/);
  assert.deepEqual(told, []);
});

test("bytes go along with a request", () => {
  const sent = [];
  const model = { on: () => {}, send: (...parts) => sent.push(parts) };
  const { buffer } = Uint8Array.from([1, 2]);
  void new Channel(model, quiet).request("upload_patch", { name: "igloo.png" }, { buffers: [buffer] });
  assert.equal(sent[0][0].name, "igloo.png");
  assert.deepEqual(sent[0][2], [buffer]);
});

test("of a kernel that is gone nobody waits for an answer, until it answers again", async () => {
  const model = fakeModel();
  const told = [];
  const channel = new Channel(model, { ...quiet, onFailure: (error) => told.push(error.message) });
  const before = channel.request("card", {});
  channel.lose();
  channel.lose();
  await assert.rejects(before, /restarted or is gone: run the cell again/);
  await assert.rejects(channel.request("card", {}), /run the cell again/);
  channel.send("cancel", {});
  assert.equal(model.sent.length, 1);
  assert.equal(told.length, 1);
  model.hear({ type: "rows", id: null });
  const after = channel.request("card", {});
  model.hear({ type: "card", id: model.sent[1].id, finished: true });
  assert.equal((await after).message.type, "card");
});

test("what is said of the kernel can be withdrawn with its next answer", async () => {
  const model = fakeModel();
  let answers = 0;
  const channel = new Channel(model, { ...quiet, onAnswer: () => (answers += 1) });
  const failed = channel.request("card", {});
  model.hear({ type: "error", id: model.sent[0].id, finished: true, message: "no" });
  await assert.rejects(failed);
  assert.equal(answers, 0);
  const answered = channel.request("card", {});
  model.hear({ type: "card", id: model.sent[1].id, finished: true });
  await answered;
  assert.equal(answers, 1);
});
