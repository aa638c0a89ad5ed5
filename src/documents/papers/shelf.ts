import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";
import type { Id } from "../../kernel/ids.ts";

/** Where a paper's sealed pieces lie: in the table `paper_chunk`, or as objects in S3-compatible storage. */
export type ShelfName = "database" | "s3";

/** Which piece of which paper, counted from 0. */
export interface Piece {
  readonly district: string;
  readonly paper: Id<"paper">;
  readonly number: number;
}

/**
 * S3-compatible storage for sealed pieces of papers. It is given what is sealed already and told no name, type or person.
 * Each call throws `ShelfAway` when the storage does not answer or refuses.
 */
export interface Shelf {
  readonly put: (piece: Piece, sealed: Uint8Array) => Promise<void>;
  /** Undefined when there is no such object. */
  readonly get: (piece: Piece) => Promise<Buffer | undefined>;
  /** Harmless for what is not there. */
  readonly drop: (piece: Piece) => Promise<void>;
}

/** Where the storage is and what it lets in. */
export interface ShelfSettings {
  /** Address of the service, without a trailing slash; the bucket follows in the path. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What every object's name begins with. `papers`. */
  readonly prefix: string;
  /** Milliseconds before a call is given up. 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** The storage does not answer, refuses, or is not set. Worth asking again: the HTTP side says 503. */
export class ShelfAway extends Error {
  constructor(what: string, cause?: unknown) {
    super(`the storage of papers ${what}`, { cause });
    this.name = "ShelfAway";
  }
}

/** Storage by setting. `called` hears of every call: what it did, how it ended, and how long it took in seconds. */
export function newShelf(
  settings: ShelfSettings,
  called: (operation: "put" | "get" | "drop", outcome: "done" | "failed", seconds: number) => void = () => {},
): Shelf {
  const { accessKeyId, secretAccessKey, region } = settings;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 2 });
  const urlOf = ({ district, paper, number }: Piece): string =>
    `${settings.endpoint}/${settings.bucket}/${settings.prefix}/${district}/${paper}/${number}`;

  const call = async (
    operation: "put" | "get" | "drop",
    piece: Piece,
    init: { method: string; body?: Uint8Array<ArrayBuffer> },
  ): Promise<Response> => {
    const begun = performance.now();
    const end = (outcome: "done" | "failed") =>
      called(operation, outcome, (performance.now() - begun) / 1000);
    try {
      const signal = AbortSignal.timeout(settings.timeoutMs ?? 10_000);
      const content = createHash("sha256")
        .update(init.body ?? "")
        .digest("hex");
      const headers = { "x-amz-content-sha256": content };
      const answer = await client.fetch(urlOf(piece), { ...init, headers, signal });
      if (!answer.ok && answer.status !== 404) {
        await answer.body?.cancel();
        throw new ShelfAway(`answered ${answer.status} to ${init.method}`);
      }
      end("done");
      return answer;
    } catch (error) {
      end("failed");
      throw error instanceof ShelfAway ? error : new ShelfAway("does not answer", error);
    }
  };

  return {
    async put(piece, sealed) {
      const answer = await call("put", piece, { method: "PUT", body: Uint8Array.from(sealed) });
      await answer.body?.cancel();
      if (!answer.ok) throw new ShelfAway(`has no bucket ${settings.bucket}`);
    },
    async get(piece) {
      const answer = await call("get", piece, { method: "GET" });
      if (answer.ok) {
        try {
          return Buffer.from(await answer.arrayBuffer());
        } catch (error) {
          throw new ShelfAway("broke off in the middle", error);
        }
      }
      await answer.body?.cancel();
      return undefined;
    },
    async drop(piece) {
      const answer = await call("drop", piece, { method: "DELETE" });
      await answer.body?.cancel();
    },
  };
}
