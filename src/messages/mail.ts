import { createTransport } from "nodemailer";

/** Where mail goes out. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (port 465). Otherwise STARTTLS when the server offers it. */
  readonly secure?: boolean | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: string;
  /** Accept a server without a valid certificate: for tests and closed networks. false. */
  readonly insecure?: boolean | undefined;
}

/** Sends mail; what the server refuses is thrown. */
export interface Mailer {
  readonly send: (mail: {
    readonly to: string;
    readonly subject: string;
    readonly text: string;
    readonly id: string;
  }) => Promise<void>;
  readonly close: () => void;
}

/** Mail by SMTP, over a few kept connections. */
export function newMailer(settings: SmtpSettings): Mailer {
  const transport = createTransport({
    pool: true,
    maxConnections: 3,
    host: settings.host,
    port: settings.port,
    secure: settings.secure ?? false,
    ...(settings.user !== undefined && { auth: { user: settings.user, pass: settings.password ?? "" } }),
    ...(settings.insecure && { ignoreTLS: true, tls: { rejectUnauthorized: false } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text, id }) {
      await transport.sendMail({
        from: settings.from,
        to,
        subject,
        text,
        // The same delivery again has the same id, so that a retry after a lost answer is seen as one mail.
        messageId: `<${id}@zhijia>`,
        headers: { "auto-submitted": "auto-generated" },
      });
    },
    close: () => transport.close(),
  };
}

/** An address as mail servers take it, or null. */
export function parseMailAddress(value: string): string | null {
  const address = value.normalize("NFC").trim();
  return address.length <= 254 && /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+\.[a-z0-9-]{2,}$/i.test(address)
    ? address
    : null;
}
