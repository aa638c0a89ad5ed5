/** Messages, as other folders may use them. */
export { type Audience, type LiveEvent, publish } from "./events.ts";
export { type Hub, newHub } from "./hub.ts";
export { type Mailer, newMailer, parseMailAddress, type SmtpSettings } from "./mail.ts";
export { type Words, wordsOf } from "./messages.ts";
export { countUnread, preferenceOf, putPreference, type Recipient } from "./store.ts";
export { type Telling, tell } from "./tell.ts";
export type { TemplateName, TemplateParams } from "./templates/index.ts";
