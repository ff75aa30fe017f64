// Every route of the console. Pages are fetched when they are gone to, or about to be.
import {
  createBrowserHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  type RouterHistory,
} from "@tanstack/react-router";

import { accountSearch } from "./account/search.ts";
import { auditSearch, usersSearch } from "./admin/search.ts";
import { executionSearch, executionsSearch } from "./execution/search.ts";
import { codeIn, keepCode } from "./fragments.ts";
import { requireNoEnd, requireSignedOut, requireSignIn } from "./guards.ts";
import { itemSearch, itemsSearch, newItemSearch } from "./items/search.ts";
import { Failure, OuterFailure } from "./layout/Failure.tsx";
import { NotFound } from "./layout/NotFound.tsx";
import { Pending } from "./layout/Pending.tsx";
import { Root } from "./layout/Root.tsx";
import { overviewSearch } from "./overview/search.ts";
import { runcast } from "./runcast.ts";
import { fetchFirst } from "./sign-in/queries.ts";
import { signInSearch } from "./sign-in/search.ts";
import { startSearch } from "./start/search.ts";

// Letters and the terminal lead to `/#kind=code`. It is read here, before any page is drawn.
const ARRIVALS = { reset: "/reset", verify: "/verify", invite: "/invitation", setup: "/register" };

const root = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
  beforeLoad: ({ location }) => {
    const found = codeIn(location.hash);
    if (found === undefined) return;
    keepCode(found.kind, found.code);
    throw redirect({ href: ARRIVALS[found.kind], replace: true });
  },
});

// Outside the frame: for who is not signed in.

const signIn = createRoute({
  getParentRoute: () => root,
  errorComponent: OuterFailure,
  path: "/sign-in",
  validateSearch: signInSearch,
  beforeLoad: requireSignedOut,
  loader: fetchFirst,
  component: lazyRouteComponent(() => import("./sign-in/SignInPage.tsx"), "SignInPage"),
});

const register = createRoute({
  getParentRoute: () => root,
  errorComponent: OuterFailure,
  path: "/register",
  validateSearch: signInSearch,
  beforeLoad: requireSignedOut,
  loader: fetchFirst,
  component: lazyRouteComponent(() => import("./sign-in/RegisterPage.tsx"), "RegisterPage"),
});

const reset = createRoute({
  getParentRoute: () => root,
  errorComponent: OuterFailure,
  path: "/reset",
  loader: fetchFirst,
  component: lazyRouteComponent(() => import("./sign-in/ResetPage.tsx"), "ResetPage"),
});

const verify = createRoute({
  getParentRoute: () => root,
  errorComponent: OuterFailure,
  path: "/verify",
  beforeLoad: () => runcast.auth.restore(),
  component: lazyRouteComponent(() => import("./sign-in/VerifyPage.tsx"), "VerifyPage"),
});

const invitation = createRoute({
  getParentRoute: () => root,
  errorComponent: OuterFailure,
  path: "/invitation",
  beforeLoad: () => runcast.auth.restore(),
  loader: fetchFirst,
  component: lazyRouteComponent(() => import("./sign-in/InvitationPage.tsx"), "InvitationPage"),
});

// A share link: `/shared/{execution_id}#share={token}`, see shared-link/link.ts.
const shared = createRoute({
  getParentRoute: () => root,
  errorComponent: OuterFailure,
  path: "/shared/$executionId",
  component: lazyRouteComponent(() => import("./shared-link/SharedLinkPage.tsx"), "SharedLinkPage"),
});

// Inside the frame.

const shell = createRoute({
  getParentRoute: () => root,
  errorComponent: OuterFailure,
  id: "shell",
  beforeLoad: () => runcast.auth.restore(),
  component: lazyRouteComponent(() => import("./layout/Shell.tsx"), "Shell"),
});

// What is public may be seen by anybody, so these two let those pass who never signed in; the server says
// the rest.

const item = createRoute({
  getParentRoute: () => shell,
  path: "/items/$itemId",
  validateSearch: itemSearch,
  beforeLoad: requireNoEnd,
  component: lazyRouteComponent(() => import("./items/ItemPage.tsx"), "ItemPage"),
});

const execution = createRoute({
  getParentRoute: () => shell,
  path: "/executions/$executionId",
  validateSearch: executionSearch,
  beforeLoad: requireNoEnd,
  component: lazyRouteComponent(() => import("./execution/ExecutionPage.tsx"), "ExecutionPage"),
});

const signedIn = createRoute({
  getParentRoute: () => shell,
  id: "signed-in",
  beforeLoad: requireSignIn,
  component: Outlet,
});

const overview = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  validateSearch: overviewSearch,
  component: lazyRouteComponent(() => import("./overview/OverviewPage.tsx"), "OverviewPage"),
});

const items = createRoute({
  getParentRoute: () => signedIn,
  path: "/items",
  validateSearch: itemsSearch,
  component: lazyRouteComponent(() => import("./items/ItemsPage.tsx"), "ItemsPage"),
});

const newItem = createRoute({
  getParentRoute: () => signedIn,
  path: "/items/new",
  validateSearch: newItemSearch,
  component: lazyRouteComponent(() => import("./items/NewItemPage.tsx"), "NewItemPage"),
});

const handlers = createRoute({
  getParentRoute: () => signedIn,
  path: "/handlers",
  component: lazyRouteComponent(() => import("./start/HandlersPage.tsx"), "HandlersPage"),
});

const start = createRoute({
  getParentRoute: () => signedIn,
  path: "/handlers/$handler",
  validateSearch: startSearch,
  component: lazyRouteComponent(() => import("./start/StartPage.tsx"), "StartPage"),
});

const executions = createRoute({
  getParentRoute: () => signedIn,
  path: "/executions",
  validateSearch: executionsSearch,
  component: lazyRouteComponent(() => import("./execution/ExecutionsPage.tsx"), "ExecutionsPage"),
});

const teams = createRoute({
  getParentRoute: () => signedIn,
  path: "/teams",
  component: lazyRouteComponent(() => import("./teams/TeamsPage.tsx"), "TeamsPage"),
});

const team = createRoute({
  getParentRoute: () => signedIn,
  path: "/teams/$teamId",
  component: lazyRouteComponent(() => import("./teams/TeamPage.tsx"), "TeamPage"),
});

const account = createRoute({
  getParentRoute: () => signedIn,
  path: "/account",
  validateSearch: accountSearch,
  component: lazyRouteComponent(() => import("./account/AccountPage.tsx"), "AccountPage"),
});

const users = createRoute({
  getParentRoute: () => signedIn,
  path: "/admin/users",
  validateSearch: usersSearch,
  component: lazyRouteComponent(() => import("./admin/UsersPage.tsx"), "UsersPage"),
});

const user = createRoute({
  getParentRoute: () => signedIn,
  path: "/admin/users/$userId",
  component: lazyRouteComponent(() => import("./admin/UserPage.tsx"), "UserPage"),
});

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: "/admin/audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("./admin/AuditPage.tsx"), "AuditPage"),
});

const workers = createRoute({
  getParentRoute: () => signedIn,
  path: "/admin/workers",
  component: lazyRouteComponent(() => import("./admin/WorkersPage.tsx"), "WorkersPage"),
});

const routes = root.addChildren([
  signIn,
  register,
  reset,
  verify,
  invitation,
  shared,
  shell.addChildren([
    item,
    execution,
    signedIn.addChildren([
      overview,
      items,
      newItem,
      handlers,
      start,
      executions,
      teams,
      team,
      account,
      users,
      user,
      audit,
      workers,
    ]),
  ]),
]);

export function makeRouter(history: RouterHistory = createBrowserHistory()) {
  return createRouter({
    history,
    routeTree: routes,
    // What a page does not know of its address is taken out of it.
    search: { strict: true },
    defaultPreload: "intent",
    defaultPreloadDelay: 80,
    defaultErrorComponent: Failure,
    defaultPendingComponent: Pending,
    defaultPendingMs: 300,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
