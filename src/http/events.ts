import type { FastifyInstance } from "fastify";
import { unlessAway } from "../db/index.ts";
import type { UnitPath } from "../kernel/path.ts";
import { refuse } from "../kernel/refusal.ts";
import type { AppContext, Session } from "../kernel/route.ts";
import { langOf } from "../kernel/words.ts";
import { tokenOf } from "../people/sign-in/session.ts";
import { apiHeaders } from "./headers.ts";
import type { Metrics } from "./metrics.ts";
import { refused } from "./mount.ts";

/** How often a silent stream shows that it lives, and that its session still does. */
const beatMs = 20_000;
/** Streams one process keeps open. */
const streamsMax = 20_000;
/** Of these, one person's: enough for tabs and devices, and nobody takes all the others' alone. */
const streamsEach = 30;
/** Bytes a stream may owe its reader. */
const owedMax = 256 * 1024;

/** Where live events are asked for. An answer with 200 is a stream, as long as a face is open. */
export const eventsPath = "/api/events";

/** GET /api/events: server-sent events for whoever has a face open. */
export function mountEvents(server: FastifyInstance, ctx: AppContext, metrics: Metrics): void {
  const open = new Set<(againMs?: number) => void>();
  const each = new Map<string, number>();
  const told = unlessAway((error) =>
    ctx.log.warn({ err: error }, "a live stream's session was not found again"),
  );
  server.addHook("preClose", async () => {
    for (const end of [...open]) end(someSoon());
    await ctx.hub.close();
  });
  server.get(eventsPath, async (request, reply) => {
    const lang = langOf(request.headers["accept-language"]);
    const token = tokenOf(request);
    const find = () => (token === undefined ? null : ctx.sessions.find(token, ctx.wall().getTime()));
    let session: Session | null = await find();
    if (!session) return refused(reply, refuse("not-signed-in"), lang);
    if (open.size >= streamsMax) return refused(reply, refuse("unavailable"), lang);
    const { person } = session;
    const own = each.get(person) ?? 0;
    if (own >= streamsEach) return refused(reply, refuse("too-many", { seconds: 60 }), lang);

    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, {
      ...apiHeaders,
      "content-type": "text/event-stream; charset=utf-8",
      "x-accel-buffering": "no",
      "x-request-id": request.id,
    });
    const send = (text: string): void => {
      // A reader that does not read is let go, and what it was owed with it: it asks again by itself.
      if (stream.writableLength > owedMax) {
        end();
        stream.destroy();
      } else stream.write(text);
    };
    const write = (event: string, data: object): void =>
      send(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const remove = ctx.hub.add({
      person,
      roots: () => (session?.viewer.roots ?? []) as readonly UnitPath[],
      heard: (event, data, isTheirs) => {
        void (async () => {
          session = await find();
          if (session === null) end();
          else if (isTheirs()) write(event, data);
        })().catch((error: unknown) => {
          told(error);
          write("sync", {}); // whether it was for them is not known: the face asks again
        });
      },
    });
    const beat = setInterval(() => {
      void (async () => {
        session = await find();
        if (session === null) end();
        else send(": here\n\n");
      })().catch(told); // the stream stays, and the next beat asks again
    }, beatMs);
    const end = (againMs?: number): void => {
      clearInterval(beat);
      remove();
      if (open.delete(end)) {
        metrics.streams.dec();
        const left = (each.get(person) ?? 1) - 1;
        if (left > 0) each.set(person, left);
        else each.delete(person);
      }
      stream.end(againMs === undefined ? undefined : `retry: ${againMs}\n\n`);
    };
    open.add(end);
    each.set(person, own + 1);
    metrics.streams.inc();
    stream.on("close", () => end());
    stream.on("error", () => end());
    stream.write("retry: 3000\n\n");
    // Said once the line stands: what a face asks for after this, it is told the changes of.
    await ctx.hub.ready();
    write("open", { today: ctx.clock.today() });
    return reply;
  });
}

/** When faces whose streams end together ask again, so that they do not all come at once. */
function someSoon(): number {
  return 500 + Math.floor(Math.random() * 4500);
}
