import { z } from "zod";
import type { Tx, Viewer } from "../db/index.ts";
import { isRefusal, type Or } from "../kernel/refusal.ts";
import type { AppContext } from "../kernel/route.ts";

/** The instant of which what was read is true; null when it is the present. */
export const zReadAt = { readAt: z.string().nullable() };

/** Reads what need not be of this moment, and says of which it is. */
export async function dated<T extends object>(
  ctx: AppContext,
  viewer: Viewer,
  work: (tx: Tx) => Promise<Or<T>>,
): Promise<Or<T & { readonly readAt: string | null }>> {
  const { value, readAt } = await ctx.replica.read(viewer, work);
  return isRefusal(value) ? value : { ...value, readAt: readAt?.toISOString() ?? null };
}
