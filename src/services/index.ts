import { baseEffects, baseKnown } from "../procedures/base.ts";
import type { Service } from "../procedures/define.ts";
import type { Catalogue } from "../procedures/engine.ts";
import { roundEffects } from "../procedures/rounds-follow.ts";
import { coolGift } from "./care/cool-gift.ts";
import { grantEffects, grantKnown } from "./care/grants.ts";
import { hardshipEffects, hardshipKnown } from "./care/hardship/effects.ts";
import { hardshipFile } from "./care/hardship/hardship-file.ts";
import { registerImport } from "./care/hardship/register-import.ts";
import { livingAid } from "./care/living-aid.ts";
import { lifeEvents } from "./life-events.ts";
import { membershipEffects, membershipKnown } from "./organisation/effects.ts";
import { join } from "./organisation/join.ts";

/** Every service there is. A new one is a file and a line here (docs/guides/add-a-service.md). */
export const services: readonly Service[] = [join, hardshipFile, livingAid, coolGift];

/** The catalogue the engine runs. */
export const catalogue: Catalogue = catalogueOf(services);

/** A catalogue of these services, with everything their effects and facts need. */
export function catalogueOf(these: readonly Service[]): Catalogue {
  return {
    services: new Map(these.map((one) => [one.id, one])),
    lifeEvents,
    effects: { ...baseEffects, ...roundEffects, ...membershipEffects, ...hardshipEffects, ...grantEffects },
    known: { ...baseKnown, ...membershipKnown, ...hardshipKnown, ...grantKnown },
  };
}

/** Files the import page takes beside rosters and unions. */
export const importKinds = { register: registerImport };

export { grantHook } from "./care/grants.ts";
export { rebuildUsed, verifyUsed } from "./care/hardship/used.ts";
export { memberTelling, tellClaimed, transferTelling } from "./organisation/telling.ts";
export { rehomeHook } from "./rehome.ts";
