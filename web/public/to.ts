/** The addresses of the public pages, written nowhere else. */
export const to = {
  home: "/",
  worker: "/w/",
  office: "/o/",
  notices: "/p/notices",
  notice: (id: string): string => `/p/notices/${id}`,
  object: (id: string): string => `/p/notices/${id}/object`,
  answer: "/p/objections",
  verify: "/p/verify",
  verified: (code: string): string => `/p/verify/${encodeURIComponent(code)}`,
  unions: "/p/unions",
  union: (id: string): string => `/p/unions/${id}`,
} as const;
