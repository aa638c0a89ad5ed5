import type { ReactNode } from "react";
import type { Text } from "../../src/kernel/words.ts";
import { addressOf } from "../shared/api.ts";
import { day } from "../shared/format.ts";
import { Icon } from "../shared/icons.tsx";
import { spoken, useLang, words } from "../shared/lang.tsx";
import { useAnswer } from "../shared/query.tsx";
import { Link } from "../shared/router.tsx";
import { Awaited, ButtonLink, Empty, Facts, Note } from "../shared/ui.tsx";
import { Screen } from "./frame.tsx";
import { to } from "./to.ts";

const w = words({
  title: { zh: "我的家庭和档案", en: "My household and file" },
  members: { zh: "家庭成员", en: "Household members" },
  none: {
    zh: "还没有登记家庭成员。申请建立困难职工档案时一并填写。",
    en: "No household is registered. It is filled in with a hardship file.",
  },
  apply: { zh: "建立困难职工档案", en: "Apply for a hardship file" },
  file: { zh: "困难职工档案", en: "Hardship file" },
  number: { zh: "档案号", en: "File number" },
  state: { zh: "状态", en: "State" },
  category: { zh: "类别", en: "Category" },
  until: { zh: "有效到", en: "Valid until" },
  see: { zh: "看办理经过", en: "See how it came about" },
  complete: { zh: "请补全：{list}", en: "To complete: {list}" },
  completeHow: {
    zh: "告诉您的工会，他们会补上；不影响办事。",
    en: "Tell your union and they will add it; it holds up nothing.",
  },
  born: { zh: "{year} 年生", en: "born {year}" },
});

interface HouseholdAnswer {
  readonly household: {
    readonly id: string;
    readonly members: readonly {
      readonly id?: string;
      readonly name: string;
      readonly relation: string;
      readonly relationTitle?: Text;
      readonly birthYear?: number | null;
      readonly birthDate?: string | null;
      readonly workStatus?: string | null;
      readonly workStatusTitle?: Text | null;
    }[];
  } | null;
  readonly file?: {
    readonly number: string | null;
    readonly stateTitle?: Text;
    readonly state?: string;
    readonly category?: string | Text | null;
    readonly categoryTitle?: Text | null;
    readonly validUntil?: string | null;
    readonly caseId?: string | null;
  } | null;
  readonly toComplete?: readonly (string | { readonly label: Text })[];
}

/** The household as the union has it, the hardship file, and what is still to complete. */
export default function Household(): ReactNode {
  const { t, lang } = useLang();
  const answer = useAnswer<HouseholdAnswer>(addressOf("/me/household"));
  return (
    <Screen title={t(w.title)} back={to.mine}>
      <Awaited of={answer}>
        {({ household, file, toComplete = [] }) => (
          <>
            {toComplete.length > 0 && (
              <Note kind="warn">
                <p>
                  {t(w.complete, {
                    list: toComplete
                      .map((one) => (typeof one === "string" ? one : one.label[lang]))
                      .join(lang === "zh" ? "、" : ", "),
                  })}
                </p>
                <p className="soft">{t(w.completeHow)}</p>
              </Note>
            )}
            {file && (
              <section className="section">
                <h2>{t(w.file)}</h2>
                <div className="card">
                  <Facts
                    of={[
                      ...(file.number
                        ? [{ label: t(w.number), value: <span className="number">{file.number}</span> }]
                        : []),
                      {
                        label: t(w.state),
                        value: file.stateTitle ? t(file.stateTitle) : (file.state ?? "—"),
                      },
                      ...(file.categoryTitle || file.category
                        ? [{ label: t(w.category), value: spoken(file.categoryTitle ?? file.category, lang) }]
                        : []),
                      ...(file.validUntil ? [{ label: t(w.until), value: day(file.validUntil, lang) }] : []),
                    ]}
                  />
                  {file.caseId && (
                    <Link to={to.case(file.caseId)} className="button" style={{ marginTop: 16 }}>
                      {t(w.see)}
                    </Link>
                  )}
                </div>
              </section>
            )}
            {household ? (
              <section className="section">
                <h2>{t(w.members)}</h2>
                <ul className="rows">
                  {household.members.map((member, index) => (
                    <li className="row" key={member.id ?? index}>
                      <Icon name="person" />
                      <span className="grow">
                        {member.name}
                        <span className="soft" style={{ display: "block" }}>
                          {[
                            member.relationTitle ? t(member.relationTitle) : member.relation,
                            member.birthYear
                              ? t(w.born, { year: member.birthYear })
                              : member.birthDate
                                ? t(w.born, { year: member.birthDate.slice(0, 4) })
                                : "",
                            member.workStatusTitle ? t(member.workStatusTitle) : "",
                          ]
                            .filter(Boolean)
                            .join(" · ")}
                        </span>
                      </span>
                    </li>
                  ))}
                </ul>
              </section>
            ) : (
              <Empty icon="family">
                <p>{t(w.none)}</p>
                <ButtonLink to={to.service("hardship-file")}>{t(w.apply)}</ButtonLink>
              </Empty>
            )}
          </>
        )}
      </Awaited>
    </Screen>
  );
}
