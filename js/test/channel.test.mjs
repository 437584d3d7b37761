import assert from "node:assert/strict";
import { test } from "node:test";
import { Cancelled, Channel } from "../../compexp_widgets/widgets/shared/page/protocol/channel.js";

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

const quiet = { onPush: () => {}, onFailure: () => {} };

test("a reply reaches the request with its id, whatever the order", async () => {
  const model = fakeModel();
  const channel = new Channel(model, quiet);
  const first = channel.request("card", { settings: {} });
  const second = channel.request("pictures", { images: [1] });
  const [one, two] = model.sent;
  assert.ok(two.id > one.id);
  model.hear({ type: "pictures", id: two.id });
  model.hear({ type: "card", id: one.id }, ["buffer"]);
  assert.deepEqual((await first).buffers, ["buffer"]);
  assert.equal((await second).message.type, "pictures");
});

test("what follows a reply is heard, until the next request of its type", async () => {
  const model = fakeModel();
  const heard = [];
  const told = [];
  const channel = new Channel(model, { ...quiet, onFailure: (error) => told.push(error.message) });
  const hear = ({ type }, buffers) => heard.push([type, buffers]);
  const first = channel.request("card", {}, hear);
  const ranges = channel.request("ranges", {}, hear);
  const [card, range] = model.sent;
  model.hear({ type: "card", id: card.id });
  model.hear({ type: "ranges", id: range.id });
  await Promise.all([first, ranges]);
  model.hear({ type: "proof", id: card.id }, ["more"]);
  model.hear({ type: "range", id: range.id });
  model.hear({ type: "error", id: range.id, message: "no more" });
  void channel.request("card", {}, hear);
  model.hear({ type: "proof", id: card.id });
  assert.deepEqual(heard, [["proof", ["more"]], ["range", []]]);
  assert.deepEqual(told, ["no more"]);
});

test("an error rejects the request that it answers, with its detail", async () => {
  const model = fakeModel();
  const channel = new Channel(model, quiet);
  const request = channel.request("card");
  model.hear({ type: "error", id: model.sent[0].id, message: "no unit 9", detail: "traceback" });
  await assert.rejects(request, { name: "KernelError", message: "no unit 9", detail: "traceback" });
});

test("errors of messages without a reply, and errors without an id, are told", () => {
  const model = fakeModel();
  const told = [];
  const channel = new Channel(model, { ...quiet, onFailure: (error) => told.push(error.message) });
  const id = channel.send("explain_all");
  model.hear({ type: "error", id, message: "busy" });
  model.hear({ type: "error", message: "table" });
  assert.deepEqual(told, ["busy", "table"]);
});

test("replies to another view are not heard", () => {
  const model = fakeModel();
  const heard = [];
  new Channel(model, { onPush: (message) => heard.push(message), onFailure: (error) => heard.push(error) });
  model.hear({ type: "card", id: -5 });
  model.hear({ type: "error", id: -5, message: "theirs" });
  model.hear(null);
  assert.deepEqual(heard, []);
});

test("messages that nobody asked for are pushed on", () => {
  const model = fakeModel();
  const heard = [];
  new Channel(model, { ...quiet, onPush: (message) => heard.push(message.type) });
  model.hear({ type: "rows", rows: [] });
  assert.deepEqual(heard, ["rows"]);
});

test("a kernel that cannot be reached is an error with the way on", async () => {
  const model = fakeModel();
  model.send = () => {
    throw new Error("comm closed");
  };
  await assert.rejects(new Channel(model, quiet).request("hello"), /Run the cell again/);
});

test("a closed channel has stopped listening and waits for nothing", async () => {
  const model = fakeModel();
  const channel = new Channel(model, quiet);
  const request = channel.request("card");
  channel.close();
  assert.equal(model.count(), 0);
  await assert.rejects(request, /closed/);
});

test("bytes go along with a request", () => {
  const sent = [];
  const model = { on: () => {}, send: (...parts) => sent.push(parts) };
  const { buffer } = Uint8Array.from([1, 2]);
  void new Channel(model, quiet).request("upload_patch", { name: "igloo.png" }, undefined, [buffer]);
  assert.equal(sent[0][0].name, "igloo.png");
  assert.deepEqual(sent[0][2], [buffer]);
});

test("a request that was cancelled is rejected as such, and who hears parts hears it", async () => {
  const model = fakeModel();
  const channel = new Channel(model, quiet);
  const evidence = channel.request("evidence");
  const sweep = channel.request("sweep", {}, () => {});
  const [one, two] = model.sent;
  model.hear({ type: "cancelled", id: one.id, finished: true });
  model.hear({ type: "cancelled", id: two.id, finished: true, done: 3 });
  await assert.rejects(evidence, Cancelled);
  assert.equal((await sweep).message.done, 3);
});

test("of a kernel that is gone nobody waits for an answer, until it answers again", async () => {
  const model = fakeModel();
  const told = [];
  const channel = new Channel(model, { ...quiet, onFailure: (error) => told.push(error.message) });
  const before = channel.request("card");
  channel.lose();
  channel.lose();
  await assert.rejects(before, /restarted or is gone: run the cell again/);
  await assert.rejects(channel.request("card"), /run the cell again/);
  channel.send("cancel");
  assert.equal(model.sent.length, 1);
  assert.equal(told.length, 1);
  model.hear({ type: "rows" });
  const after = channel.request("card");
  model.hear({ type: "card", id: model.sent[1].id });
  assert.equal((await after).message.type, "card");
});

test("what is said of the kernel can be withdrawn with its next answer", async () => {
  const model = fakeModel();
  let answers = 0;
  const channel = new Channel(model, { ...quiet, onAnswer: () => (answers += 1) });
  const failed = channel.request("card");
  model.hear({ type: "error", id: model.sent[0].id, message: "no" });
  await assert.rejects(failed);
  assert.equal(answers, 0);
  const answered = channel.request("card");
  model.hear({ type: "card", id: model.sent[1].id });
  await answered;
  assert.equal(answers, 1);
});
