/** Messages, as other folders may use them. */
export { publish } from "./events.ts";

export { parseMailAddress } from "./mail.ts";

export { countUnread, preferenceOf, putPreference, readingOf } from "./store.ts";
export { tell } from "./tell.ts";
export type { TemplateName } from "./templates/index.ts";
