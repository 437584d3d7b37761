import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel, LatestOnly } from "../src/protocol.js";

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

test("bytes go along with a request", () => {
  const sent = [];
  const model = { on: () => {}, send: (...parts) => sent.push(parts) };
  const { buffer } = Uint8Array.from([1, 2]);
  void new Channel(model, quiet).request("upload_patch", { name: "igloo.png" }, undefined, [buffer]);
  assert.equal(sent[0][0].name, "igloo.png");
  assert.deepEqual(sent[0][2], [buffer]);
});
