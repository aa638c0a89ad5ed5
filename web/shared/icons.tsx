import type { ReactNode } from "react";

/** Line drawings on a grid of 24, drawn for this product; always beside words, so hidden from readers. */
const drawings = {
  home: "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9",
  tasks: "M6 4h12v16H6zM9 9h6M9 13h6M9 17h3",
  message: "M4 6h16v11H9.5L5.5 20v-3H4z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20a7.5 7.5 0 0 1 15 0",
  back: "M14.5 5.5 8 12l6.5 6.5",
  next: "M9.5 5.5 16 12l-6.5 6.5",
  search: "M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM15.5 15.5 20 20",
  check: "M5 12.5 10 17.5 19.5 7",
  clock: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 7.5V12l3 2",
  warning: "M12 4 3 19.5h18zM12 10v4.5M12 17v.1",
  stop: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM8.5 12h7",
  close: "M6 6l12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  camera: "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z",
  trash: "M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7",
  edit: "M5 19l1-4L16 5l3 3L9 18z",
  print: "M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6H7z",
  star: "M12 4.5l2.3 4.8 5.2.7-3.8 3.6.9 5.2L12 16.3l-4.6 2.5.9-5.2L4.5 10l5.2-.7z",
  eye: "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  card: "M4 6h16v12H4zM4 10h16M7.5 14.5H11",
  family:
    "M8 10a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 10zM3 19a5 5 0 0 1 10 0M16.5 12.5a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM15 15.4a4 4 0 0 1 6 3.6",
  settings:
    "M4 8h9M17 8h3M4 16h3M11 16h9M15 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 18.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  union: "M4 19.5h16M6 19.5V9l6-4.5L18 9v10.5M10 19.5v-5h4v5",
  leave: "M13 4.5H5.5v15H13M10 12h10M16.5 8.5 20 12l-3.5 3.5",
  paper: "M6 3.5h8l4 4v13H6zM14 3.5v4h4",
  book: "M5 4.5h11.5a2 2 0 0 1 2 2v13H7a2 2 0 0 1-2-2zM5 17.5a2 2 0 0 1 2-2h11.5",
  seal: "M9.5 13.5 8.8 9.6a3.3 3.3 0 1 1 6.4 0l-.7 3.9M6 17v-1.5a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2V17zM6 20h12",
  shield: "M12 3.5 19 6v5.5c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6zM9 12l2.2 2.2L15.2 10",
  offline:
    "M4 9.5a12 12 0 0 1 4-2.4M20 9.5a12 12 0 0 0-8-3M7 13a8 8 0 0 1 3-1.6M17 13a8 8 0 0 0-1.5-1M12 18v.1M5 4l14 16",
  hardship: "M4 12h3l2-4 3 9 2.5-6 1.5 3H20",
  illness: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 8.5v7M8.5 12h7",
  injury: "M5.5 14.5l9-9a3.2 3.2 0 0 1 4.5 4.5l-9 9a3.2 3.2 0 0 1-4.5-4.5zM9.5 10.5l4 4",
  death: "M12 20V9M12 9c0-3 1.5-4.5 4-5 0 3-1.5 5-4 5zM12 13c0-2.6-1.4-4-4-4.5 0 2.8 1.5 4.5 4 4.5z",
  schooling: "M3 9.5 12 5.5l9 4-9 4zM7 11.5V16c1.5 1.3 3 2 5 2s3.5-.7 5-2v-4.5M21 9.5V15",
  wages: "M5 8h14v11H5zM8 8V5h8v3M12 11v5M10 11l2 2 2-2M10 14.5h4",
  layoff: "M4.5 8.5h15V19h-15zM9 8.5V5.5h6v3M4.5 13h15",
  disaster: "M12 3.5c1 3.5 5 5 5 9.5a5 5 0 0 1-10 0c0-2 1-3.5 2-4.5 0 1.5.8 2.3 1.6 2.5C10 8.5 11 6 12 3.5z",
  birth:
    "M12 13a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 8h.1M13.5 8h.1M10.8 10c.7.6 1.7.6 2.4 0M5 20c.6-3.5 3.2-5 7-5s6.4 1.5 7 5",
  join: "M10 12a3.8 3.8 0 1 0 0-7.6A3.8 3.8 0 0 0 10 12zM3 20a7 7 0 0 1 12.5-4.2M18.5 15v6M15.5 18h6",
  heart: "M12 19.5S4.5 15 4.5 9.5A4 4 0 0 1 12 7.6a4 4 0 0 1 7.5 1.9C19.5 15 12 19.5 12 19.5z",
  globe:
    "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM4 12h16M12 4c2.4 2.2 3.6 5 3.6 8s-1.2 5.8-3.6 8c-2.4-2.2-3.6-5-3.6-8S9.6 6.2 12 4z",
  type: "M5 7V5h14v2M12 5v14M9.5 19h5",
  flag: "M6 21V4h11l-2 4 2 4H6",
} as const;

export type IconName = keyof typeof drawings;

/** Whether there is a drawing of this name. */
export function isIcon(name: string): name is IconName {
  return Object.hasOwn(drawings, name);
}

/** A drawing in the colour of the text around it; `1.5em` unless told. */
export function Icon({
  name,
  large = false,
}: {
  readonly name: IconName;
  readonly large?: boolean;
}): ReactNode {
  return (
    <svg
      className={large ? "icon icon-large" : "icon"}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={drawings[name]} />
    </svg>
  );
}

/** The house's mark. */
export function Mark({ size = 32 }: { readonly size?: number }): ReactNode {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <rect width="64" height="64" rx="14" fill="#B42318" />
      <path
        d="M12 31 32 14l20 17M18 33v17h28V33"
        fill="none"
        stroke="#fff"
        strokeWidth="4.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="32" cy="34" r="4.2" fill="#fff" />
      <path d="M24.5 50v-1.5a7.5 7.5 0 0 1 15 0V50z" fill="#fff" />
    </svg>
  );
}
