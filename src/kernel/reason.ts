import { z } from "zod";
import { type Refusal, sentence, sourceText } from "./refusal.ts";
import type { Lang } from "./words.ts";

/** Why something is not offered, in the reader's language, as it stands beside a button that cannot be pressed. */
export const zReason = z.object({ code: z.string(), detail: z.string(), source: z.string().nullable() });

/** A refusal as such a reason; `source` is the law or rule it comes from, or null. */
export function reasonOf(refusal: Refusal, lang: Lang): z.infer<typeof zReason> {
  return {
    code: refusal.code,
    detail: sentence(refusal, lang),
    source: refusal.source ? sourceText(refusal.source, lang) : null,
  };
}
