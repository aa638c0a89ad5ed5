import type { Logger } from "pino";

/** Sends text messages. What a gateway refuses or loses is thrown: the caller decides who is told. */
export interface SmsGateway {
  readonly send: (message: SmsMessage) => Promise<void>;
  /** False when no gateway is set: codes cannot reach anybody. */
  readonly ready: boolean;
}

/** One text message. Templates are what Chinese gateways require to be filed beforehand. */
export interface SmsMessage {
  readonly phone: string;
  readonly template: "sign-in-code" | "message" | "number-changed";
  readonly params: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Where the gateway is. The request is `POST url` with the message as JSON. */
export interface SmsSettings {
  readonly url: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string | undefined;
  /** Milliseconds before it is given up. 10,000. */
  readonly timeoutMs?: number | undefined;
}

/** The gateway by setting: over HTTP, or none. */
export function newSmsGateway(settings: SmsSettings | undefined, log: Logger): SmsGateway {
  if (settings === undefined) {
    return {
      ready: false,
      async send(message) {
        log.info({ template: message.template }, "no SMS gateway is set; a text message was not sent");
      },
    };
  }
  return {
    ready: true,
    async send(message) {
      const answer = await fetch(settings.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(settings.token !== undefined && { authorization: `Bearer ${settings.token}` }),
        },
        body: JSON.stringify(message),
        signal: AbortSignal.timeout(settings.timeoutMs ?? 10_000),
      });
      await answer.body?.cancel();
      // The answer's text may repeat the number, so only its status is told.
      if (!answer.ok) throw new Error(`the SMS gateway answered ${answer.status}`);
    },
  };
}
