/** What happens in a life, and opens every matching service (design.md §5). Codes stand in `lifeEvents` of services. */
export const lifeEvents = [
  { code: "new-job", title: { zh: "找到新工作", en: "A new job" } },
  { code: "moved-here", title: { zh: "来这里打工", en: "Came here to work" } },
  { code: "illness", title: { zh: "生病了", en: "Illness" } },
  { code: "disability", title: { zh: "因伤因残", en: "Disability" } },
  { code: "schooling", title: { zh: "孩子上学", en: "A child at school" } },
  { code: "layoff", title: { zh: "下岗失业", en: "Lost my job" } },
  { code: "disaster", title: { zh: "遭了灾", en: "A disaster" } },
  { code: "accident", title: { zh: "出了意外", en: "An accident" } },
  { code: "poverty", title: { zh: "日子难过", en: "Hard to get by" } },
] as const;
