/** The addresses of the worker's face, written nowhere else. */
export const to = {
  home: "/w/",
  signIn: "/w/sign-in",
  services: "/w/services",
  lifeEvent: (code: string): string => `/w/services?event=${encodeURIComponent(code)}`,
  service: (id: string): string => `/w/services/${encodeURIComponent(id)}`,
  apply: (service: string, question?: string): string =>
    `/w/apply/${encodeURIComponent(service)}${question ? `/${encodeURIComponent(question)}` : ""}`,
  check: (service: string): string => `/w/apply/${encodeURIComponent(service)}/check`,
  received: (caseId: string): string => `/w/cases/${caseId}/received`,
  cases: "/w/cases",
  case: (id: string): string => `/w/cases/${id}`,
  act: (id: string, action: string): string => `/w/cases/${id}/do/${encodeURIComponent(action)}`,
  notice: (id: string): string => `/p/notices/${id}`,
  messages: "/w/messages",
  mine: "/w/mine",
  card: "/w/mine/card",
  union: "/w/mine/union",
  household: "/w/mine/household",
  lookedAt: "/w/mine/looked-at",
  settings: "/w/mine/settings",
} as const;
