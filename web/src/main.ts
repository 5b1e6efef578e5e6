// SPDX-License-Identifier: MPL-2.0
// Loaded on every page: the styles, htmx, and the dkfds behaviours of what is on the page.
import htmx from "htmx.org";
import Alert from "@dkfds-js/alert";
import Dropdown from "@dkfds-js/dropdown";
import ErrorSummary from "@dkfds-js/error-summary";
import Modal from "@dkfds-js/modal";
import Navigation from "@dkfds-js/navigation";
import MenuDropdown from "@dkfds-js/navigation-drawer-overflow";
import Tabs from "@dkfds-js/tabs";
import Toast from "@dkfds-js/toast";
import { words } from "./words";
import "./styles/main.scss";

const TOAST_SECONDS = 8;
const WIDE_PX = 768;

/** Gives life to the dkfds components inside `scope`, once each. */
function enliven(scope: ParentNode): void {
  const each = (selector: string, visit: (element: HTMLElement) => void): void => {
    for (const element of scope.querySelectorAll<HTMLElement>(selector)) {
      if (element.dataset.k3Alive === undefined) {
        element.dataset.k3Alive = "";
        visit(element);
      }
    }
  };
  each(".alert.has-close", (element) => new Alert(element).init());
  each(".js-dropdown", (element) => new Dropdown(element).init());
  each(".js-menudropdown", (element) => new MenuDropdown(element).init());
  each(".tab-container:not(nav)", (element) => new Tabs(element).init());
  each(".fds-modal", prepareModal);
  each('[data-module="error-summary"]', (element) => new ErrorSummary(element).init());
  each(".toast", showToast);
  each(".k3-upload", markDraggedFile);
  each("[data-k3-stepper]", addSteps);
}

/** Minus and plus beside a number, for a finger or a mouse; the keyboard has its arrows in the field already. */
function addSteps(field: HTMLElement): void {
  if (!(field instanceof HTMLInputElement)) return;
  const step = (sign: string, label: string, move: () => void): HTMLButtonElement => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "k3-step";
    button.textContent = sign;
    button.setAttribute("aria-label", `${label}: ${field.labels?.[0]?.textContent?.trim() ?? field.getAttribute("aria-label") ?? ""}`);
    button.addEventListener("click", () => {
      move();
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return button;
  };
  field.before(step("−", words.fewer, () => field.stepDown()));
  field.after(step("+", words.more, () => field.stepUp()));
}

/** An open dialog makes everything else below the body inert, so dialogs lie in a container of their own there. */
function prepareModal(element: HTMLElement): void {
  let container = document.querySelector("body > .fds-modal-container");
  if (container === null) {
    container = document.createElement("div");
    container.className = "fds-modal-container";
    document.body.append(container);
  }
  container.querySelector(`#${CSS.escape(element.id)}`)?.remove();
  container.append(element);
  new Modal(element).init();
}

function showToast(element: HTMLElement): void {
  const toast = new Toast(element);
  toast.show();
  // Errors stay until the reader closes them.
  if (!element.classList.contains("toast-error")) {
    window.setTimeout(() => toast.hide(), TOAST_SECONDS * 1000);
  }
}

/** Puts the prepared toast named `data-k3-toast="name"` on the page. */
function announce(name: string): void {
  const prepared = document.querySelector<HTMLTemplateElement>(`template[data-k3-toast="${name}"]`);
  const place = document.querySelector(".toast-container");
  if (prepared && place) {
    place.replaceChildren(prepared.content.cloneNode(true));
    enliven(place);
  }
}

function markDraggedFile(element: HTMLElement): void {
  const over = (on: boolean) => () => element.classList.toggle("k3-upload--over", on);
  element.addEventListener("dragover", over(true));
  element.addEventListener("dragleave", over(false));
  element.addEventListener("drop", over(false));
}

/** A control that acts as soon as it is changed, such as the number of rows a page. */
function submitOnChange(event: Event): void {
  const control = event.target;
  if (control instanceof HTMLSelectElement && control.dataset.k3Submit !== undefined) {
    control.form?.requestSubmit();
  }
}

function tableIsFocusedOnlyWhenItScrolls(): void {
  for (const region of document.querySelectorAll<HTMLElement>("[data-k3-scroll]")) {
    const scrolls = region.scrollWidth > region.clientWidth + 1 || region.scrollHeight > region.clientHeight + 1;
    if (scrolls) region.tabIndex = 0;
    else region.removeAttribute("tabindex");
  }
}

/** On a phone the rows come first; the filter opens on request. */
function closeFiltersWhenNarrow(scope: ParentNode): void {
  if (window.innerWidth >= WIDE_PX) return;
  for (const details of scope.querySelectorAll<HTMLDetailsElement>("details[data-k3-closed-when-narrow]")) details.open = false;
}

if (document.querySelector(".header")) new Navigation(document.body).init();
closeFiltersWhenNarrow(document);
enliven(document);
tableIsFocusedOnlyWhenItScrolls();
document.addEventListener("change", submitOnChange);
window.addEventListener("resize", tableIsFocusedOnlyWhenItScrolls);
document.addEventListener("toggle", tableIsFocusedOnlyWhenItScrolls, true);
htmx.on("htmx:afterSettle", (event) => {
  enliven(event.target as ParentNode & EventTarget);
  tableIsFocusedOnlyWhenItScrolls();
});
htmx.on("htmx:responseError", () => announce("error"));
htmx.on("htmx:sendError", () => announce("offline"));
