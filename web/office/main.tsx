import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { keepFocus } from "../shared/focus.ts";
import { Languages } from "../shared/lang.tsx";
import { Answering, newAnswers } from "../shared/query.tsx";
import "../shared/theme.css";
import "../shared/ui.css";
import "../shared/fields/fields.css";
import "./desk.css";
import "./frame/frame.css";
import "./parts/page.css";
import "./parts/inputs.css";
import "./parts/listing.css";
import "./parts/menu.css";
import "./parts/state.css";
import "./parts/timeline.css";
import "./parts/over.css";
import "./print.css";
import { Themes } from "./frame/theme.tsx";
import { router } from "./routes.tsx";

const answers = newAnswers();

keepFocus();

createRoot(document.getElementById("face") as HTMLElement).render(
  <StrictMode>
    <Languages>
      <Themes>
        <Answering client={answers}>
          <RouterProvider router={router} />
        </Answering>
      </Themes>
    </Languages>
  </StrictMode>,
);
