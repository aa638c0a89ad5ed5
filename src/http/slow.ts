import type { FastifyInstance } from "fastify";
import { refuse } from "../kernel/refusal.ts";
import { langOf } from "../kernel/words.ts";
import { refused } from "./mount.ts";

/** How long the body of a request that is no upload may take to come in, in milliseconds. */
export const bodyPatienceMs = 60_000;

/**
 * Refuses `too-slow`, and lets go, whoever has not sent a JSON body whole within `patienceMs`: it is held in memory
 * before anybody knows who sends it. Uploads are read by whoever is signed in, and have the server's own longer bound.
 */
export function refuseSlowBodies(server: FastifyInstance, patienceMs: number): void {
  server.addHook("preParsing", (request, reply, _payload, next) => {
    const { raw } = request;
    if (!raw.complete && request.headers["content-type"]?.startsWith("application/json")) {
      const timer = setTimeout(() => {
        if (raw.complete || reply.sent) return;
        reply.header("connection", "close");
        const seconds = Math.ceil(patienceMs / 1000);
        refused(reply, refuse("too-slow", { seconds }), langOf(request.headers["accept-language"]));
      }, patienceMs).unref();
      raw.once("close", () => clearTimeout(timer));
    }
    next();
  });
}
