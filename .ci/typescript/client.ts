// A front end's use of the API, which has to type-check against its description.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Participation = components["schemas"]["ParticipationView"];

const api = createClient<paths>({ baseUrl: "/api" });

export async function add(key: string, location: string, email: string, engagement: string): Promise<Participation[]> {
  const { data, error } = await api.POST("/customers/add", {
    params: { header: { "Idempotency-Key": key } },
    body: { candidate: { location, email }, engagements: [engagement] },
  });
  if (error) {
    throw new Error(error.refusals?.map((r) => `${r.field ?? ""} ${r.message}`).join("\n") ?? error.title);
  }
  return data;
}

export async function cancel(key: string, seen: Participation, reason: string): Promise<Participation> {
  const { data, error } = await api.POST("/participations/{id}/cancel", {
    params: { path: { id: seen.id }, header: { "Idempotency-Key": key, "If-Match": `"${seen.revision}"` } },
    body: { reason },
  });
  if (error) {
    return error.code === "stale" && error.now ? error.now : Promise.reject(new Error(error.detail));
  }
  return data;
}

export async function claims(cursor?: string): Promise<string[]> {
  const { data, error } = await api.GET("/claims", {
    params: { query: { statuses: ["Submitted", "Under review"], sort: "deadline", limit: 20, cursor } },
  });
  if (error) {
    throw new Error(error.title);
  }
  return data.rows.map((row) => `${row.claim_number ?? ""} ${row.status ?? ""}`);
}

// What is not in the description does not type-check.
export async function wrong(): Promise<void> {
  // @ts-expect-error: there is no such path
  await api.GET("/claim");
  // @ts-expect-error: there is no such status
  await api.GET("/claims", { params: { query: { statuses: ["payed"] } } });
  // @ts-expect-error: a command needs a key
  await api.POST("/customers/add", { body: { candidate: { location: "1" }, engagements: [] } });
}
