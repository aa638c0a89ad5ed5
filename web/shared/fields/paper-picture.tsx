import type { ReactNode } from "react";

/** A drawing of what is meant by each kind of paper, so that nobody has to know its name. */
export function PaperPicture({ kind }: { readonly kind: string }): ReactNode {
  return (
    <svg className="picture" viewBox="0 0 72 72" aria-hidden="true" focusable="false">
      <rect width="72" height="72" rx="8" fill="#F1F2F4" />
      {drawing(kind)}
    </svg>
  );
}

const ink = "#57606A";
const pale = "#C9CDD2";
const red = "#B42318";

function drawing(kind: string): ReactNode {
  if (/id-?(card|number)|identity/.test(kind)) return identity;
  if (/bank|card-copy/.test(kind)) return bankCard;
  if (/household|register|hukou|book/.test(kind)) return booklet;
  if (/bill|fee|receipt|invoice|wage|income|slip|settlement/.test(kind)) return bill;
  if (/photo|site|visit/.test(kind)) return photo;
  if (/form|statement|authori|consent|application|contract|agreement/.test(kind)) return signed;
  return certificate;
}

const sheet = (
  <path d="M20 10h25l9 9v43H20z" fill="#fff" stroke={ink} strokeWidth="1.6" strokeLinejoin="round" />
);
const corner = <path d="M45 10v9h9" fill="none" stroke={ink} strokeWidth="1.6" strokeLinejoin="round" />;
const line = (y: number, to = 48): ReactNode => (
  <path key={y} d={`M26 ${y}H${to}`} stroke={pale} strokeWidth="2.4" strokeLinecap="round" />
);

const identity = (
  <>
    <rect x="9" y="19" width="54" height="34" rx="4" fill="#fff" stroke={ink} strokeWidth="1.6" />
    <circle cx="50" cy="32" r="4.5" fill={pale} />
    <path d="M42.5 45a7.5 7.5 0 0 1 15 0z" fill={pale} />
    <path d="M15 27h18M15 33h13M15 39h15" stroke={pale} strokeWidth="2.4" strokeLinecap="round" />
    <path d="M15 46.5h20" stroke={ink} strokeWidth="2" strokeLinecap="round" strokeDasharray="2 2.4" />
  </>
);

const bankCard = (
  <>
    <rect x="9" y="19" width="54" height="34" rx="4" fill="#fff" stroke={ink} strokeWidth="1.6" />
    <path d="M9 26h54v6H9z" fill={ink} />
    <path d="M15 40h26" stroke={ink} strokeWidth="2.2" strokeLinecap="round" strokeDasharray="5 2.4" />
    <path d="M15 47h12" stroke={pale} strokeWidth="2.4" strokeLinecap="round" />
    <circle cx="51" cy="45" r="3.4" fill="none" stroke={red} strokeWidth="1.6" />
    <circle cx="55" cy="45" r="3.4" fill="none" stroke={red} strokeWidth="1.6" />
  </>
);

const booklet = (
  <>
    <path
      d="M14 17c8-3 16-3 22 1v38c-6-4-14-4-22-1z"
      fill="#fff"
      stroke={ink}
      strokeWidth="1.6"
      strokeLinejoin="round"
    />
    <path
      d="M58 17c-8-3-16-3-22 1v38c6-4 14-4 22-1z"
      fill="#fff"
      stroke={ink}
      strokeWidth="1.6"
      strokeLinejoin="round"
    />
    <path
      d="M19 26h11M19 32h11M19 38h8M42 26h11M42 32h11"
      stroke={pale}
      strokeWidth="2.4"
      strokeLinecap="round"
    />
    <circle cx="48" cy="44" r="5" fill="none" stroke={red} strokeWidth="1.6" />
  </>
);

const bill = (
  <>
    <path
      d="M20 10h32v51l-4-3-4 3-4-3-4 3-4-3-4 3-4-3-4 3z"
      fill="#fff"
      stroke={ink}
      strokeWidth="1.6"
      strokeLinejoin="round"
    />
    {line(20, 38)}
    {line(28)}
    {line(35)}
    <path d="M26 46h8M40 46h6" stroke={ink} strokeWidth="2.4" strokeLinecap="round" />
  </>
);

const photo = (
  <>
    <rect x="12" y="16" width="48" height="40" rx="3" fill="#fff" stroke={ink} strokeWidth="1.6" />
    <path d="M16 50l12-14 9 9 6-6 13 12z" fill={pale} />
    <circle cx="47" cy="27" r="4" fill={pale} />
  </>
);

const signed = (
  <>
    {sheet}
    {corner}
    {line(24, 40)}
    {line(31)}
    {line(38)}
    <path
      d="M27 52c3-5 5-6 5-2s3 2 5-1 3 3 9 1"
      fill="none"
      stroke={red}
      strokeWidth="1.8"
      strokeLinecap="round"
    />
  </>
);

const certificate = (
  <>
    {sheet}
    {corner}
    {line(24, 40)}
    {line(31)}
    {line(38, 42)}
    <circle cx="44" cy="51" r="6" fill="none" stroke={red} strokeWidth="1.6" />
    <path d="M44 47.6l1 2.2 2.4.2-1.8 1.6.6 2.3-2.2-1.2-2.2 1.2.6-2.3-1.8-1.6 2.4-.2z" fill={red} />
  </>
);
