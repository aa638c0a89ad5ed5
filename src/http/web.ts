import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { pageHeaders } from "./headers.ts";

/**
 * The built web faces: hashed files are kept by browsers for a year, in the compressed form the build
 * made; any address inside a face (`/w/…`, `/o/…`, `/p/…`, and `/` itself) answers with that face's page,
 * whose own router goes on.
 */
export async function mountWeb(server: FastifyInstance, root: string): Promise<void> {
  await server.register(fastifyStatic, {
    root,
    // One route for each file that exists now, so that nothing else can be reached by any path.
    wildcard: false,
    index: false,
    preCompressed: true,
    cacheControl: false,
    globIgnore: ["**/*.br", "**/*.gz", "**/index.html", "built.json"],
    decorateReply: false,
    setHeaders: (reply, path) => {
      reply.headers(pageHeaders);
      const hashed = path.includes("/assets/") || path.includes("\\assets\\");
      reply.header("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  const pages = new Map<string, Buffer>();
  const send = (reply: FastifyReply, file: string): FastifyReply => {
    let content = pages.get(file);
    if (!content) {
      const path = join(root, file);
      if (!existsSync(path)) {
        reply.callNotFound();
        return reply;
      }
      content = readFileSync(path);
      pages.set(file, content);
    }
    return reply
      .headers(pageHeaders)
      .header("cache-control", "no-cache")
      .type("text/html; charset=utf-8")
      .send(content);
  };
  server.get("/", (_request, reply) => send(reply, "index.html"));
  for (const face of ["w", "o", "p"]) {
    server.get(`/${face}`, (_request, reply) => send(reply, `${face}/index.html`));
    server.get(`/${face}/*`, (_request, reply) => send(reply, `${face}/index.html`));
  }
}
