import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { counts, type MembershipStatus } from "../../../src/people/membership.ts";
import { addressOf } from "../../shared/api.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { useAnswer } from "../../shared/query.tsx";
import type { Service } from "../../shared/types.ts";
import { Note } from "../../shared/ui.tsx";
import type { MemberAnswer } from "../members/types.ts";

const w = words({
  named: {
    zh: "{name}是名册导入的，还没有确认入会，不是会员。「{service}」面向会员：先请本人在手机上确认，或者在会员页面登记书面确认，再来申请。",
    en: "A roster names {name}, who has yet to confirm it and is no member. “{service}” is for members: have it confirmed on the phone, or record a consent on paper at the member’s page, then come back.",
  },
  namedJoin: {
    zh: "{name}已在名册里，不用再填入会申请：本人在手机上确认，或者在会员页面登记书面确认，就是会员。",
    en: "A roster names {name} already, so there is nothing to apply for: confirmed on the phone, or by a consent recorded at the member’s page, they are a member.",
  },
  page: { zh: "打开会员页面", en: "Open the member’s page" },
  none: {
    zh: "{name}现在不是会员。「{service}」面向会员，可以先代为申请入会。",
    en: "{name} is no member now. “{service}” is for members; you may first apply to join for them.",
  },
  join: { zh: "代为申请入会", en: "Apply to join for them" },
});

/** Whom something is asked for, as the member's page has them; undefined until chosen and known. */
export function useApplicant(person: string | undefined): MemberAnswer["person"] | undefined {
  const page = useAnswer<MemberAnswer>(addressOf("/members/:id", { id: person ?? "" }), {
    enabled: person !== undefined,
  });
  return person === undefined ? undefined : page.data?.person;
}

/** Whether a service waits for the applicant's membership: it is for members, or it is the joining a roster spares them. */
export function wantsMember(service: Service, applicant: MemberAnswer["person"] | undefined): boolean {
  if (!applicant) return false;
  if (service.id === "join") return applicant.status === "APPLIED_BY_UNION";
  return service.forMembers && !counts((applicant.status ?? "CANCELLED") as MembershipStatus);
}

/** Why nothing can be asked for yet, and the way there. */
export function MemberFirst(props: {
  readonly service: Service;
  readonly applicant: MemberAnswer["person"];
}): ReactNode {
  const { t } = useLang();
  const { service, applicant } = props;
  const named = applicant.status === "APPLIED_BY_UNION";
  const said = named ? (service.id === "join" ? w.namedJoin : w.named) : w.none;
  return (
    <Note kind="warn">
      <p>{t(said, { name: applicant.name, service: t(service.title) })}</p>
      <p>
        {named ? (
          <Link to="/members/$id" params={{ id: applicant.id }}>
            {t(w.page)}
          </Link>
        ) : (
          <Link to="/start/$service" params={{ service: "join" }} search={{ person: applicant.id } as never}>
            {t(w.join)}
          </Link>
        )}
      </p>
    </Note>
  );
}
