// A program on the TypeScript client: signs in, starts what asks, answers it on the feed, is cut off
// from its access token, and leaves. It prints what it saw, one JSON value a line.

const [client, baseUrl, email, password] = process.argv.slice(2);
const { createRuncast, isKnown } = await import(client);

function say(...values) {
  process.stdout.write(`${JSON.stringify(values)}\n`);
}

const runcast = createRuncast({ baseUrl, storage: "memory" });
const user = await runcast.auth.login({ email, password });
say("user", user.email);

const item = await runcast.api.createItem({ body: { name: "a", handler: "asking" } });
const { id } = await runcast.api.startItem({ path: { item_id: item.id } });
const watch = runcast.watch(id);
for await (const event of watch) {
  say(event.seq, event.kind, isKnown(event));
  if (event.kind === "question") await watch.answer(event.data.id, true);
}
say(watch.state, (await runcast.api.getExecution({ path: { execution_id: id } })).result);

const other = createRuncast({ baseUrl, storage: "memory" });
await other.auth.login({ email, password });
await runcast.api.endOtherSessions();
const refused = await other.api.listItems().catch((error) => error);
say(refused.name, refused.status, other.auth.getState());

const before = await runcast.auth.token();
const after = await runcast.auth.renew(before);
say("renewed", before !== after, (await runcast.api.listItems()).items.length);
await runcast.auth.logout();
say(runcast.auth.getState());
