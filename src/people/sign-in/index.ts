/** Sign-in, as other folders may use it. */
export { csrfRefusal } from "./csrf.ts";
export { newOidc, type Oidc, type OidcSettings } from "./oidc.ts";
export { hashPassword } from "./password.ts";
export { newSessions, type Sessions } from "./session.ts";
export {
  changePassword,
  createAccount,
  createOfficer,
  parseLogin,
  trialSmsCode,
  trialTotp,
} from "./sign-in.ts";
export { newSmsGateway, type SmsGateway, type SmsSettings } from "./sms.ts";
export { deleteSessionsOf as revokeSessions } from "./store.ts";
export { totpCode, totpUri } from "./totp.ts";
