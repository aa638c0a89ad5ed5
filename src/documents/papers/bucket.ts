import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import type { ShelfSettings } from "./shelf.ts";

/** A bucket in memory, for tests. It works out every request's signature for itself and lets in only what is signed right. */
export interface Bucket {
  readonly settings: ShelfSettings;
  readonly objects: Map<string, Buffer>;
  /** Set: every request is answered with this status. */
  failing: number | null;
}

const accessKeyId = "EXAMPLEKEY";
const secretAccessKey = "example/secret+key";
const region = "cn-north-1";

/** Stands until the test file ends. */
export async function withBucket(): Promise<Bucket> {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const key = request.url!.slice("/papers-test/".length);
    const answer = (status: number, content?: Buffer) => response.writeHead(status).end(content);
    if (bucket.failing !== null) return answer(bucket.failing);
    if (!signedRight(request, body)) return answer(403);
    if (!request.url!.startsWith("/papers-test/")) return answer(404);
    if (request.method === "PUT") objects.set(key, body);
    if (request.method === "DELETE") objects.delete(key);
    if (request.method !== "GET") return answer(request.method === "PUT" ? 200 : 204);
    const found = objects.get(key);
    return found === undefined ? answer(404) : answer(200, found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const bucket: Bucket = {
    objects,
    failing: null,
    settings: {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      bucket: "papers-test",
      region,
      accessKeyId,
      secretAccessKey,
      prefix: "papers",
      timeoutMs: 2000,
    },
  };
  return bucket;
}

/** AWS Signature Version 4 worked out from the request as it arrived, its content's hash included. */
function signedRight(request: IncomingMessage, body: Buffer): boolean {
  const given =
    /Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w+)/.exec(
      request.headers.authorization ?? "",
    );
  if (given === null) return false;
  const [, key, date, where, names = "", signature] = given as unknown as string[];
  if (key !== accessKeyId || where !== region) return false;
  const content = createHash("sha256").update(body).digest("hex");
  if (request.headers["x-amz-content-sha256"] !== content) return false;
  const canonical = [
    request.method,
    request.url,
    "",
    ...names.split(";").map((name) => `${name}:${String(request.headers[name] ?? "").trim()}`),
    "",
    names,
    content,
  ].join("\n");
  const scope = `${date}/${where}/s3/aws4_request`;
  const hash = createHash("sha256").update(canonical).digest("hex");
  const toSign = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, hash].join("\n");
  const hmac = (under: string | Buffer, text: string) => createHmac("sha256", under).update(text).digest();
  const signing = [where, "s3", "aws4_request"].reduce(
    (under, text) => hmac(under, text!),
    hmac(`AWS4${secretAccessKey}`, date!),
  );
  return hmac(signing, toSign).toString("hex") === signature;
}
