/** Sign-in, as other folders may use it. */

export { hashPassword } from "./password.ts";

export {
  createAccount,
  createOfficer,
  trialSmsCode,
  trialTotp,
} from "./sign-in.ts";

export { totpUri } from "./totp.ts";
