// Parts of questions about the taxis' trips, for boards that tests make.

export const time = { id: "time", type: "date_histogram", auto: 40 };
export const terms = (id: string, size = 5) => ({ id, type: "terms", field: id, size, order: { by: "_count" } });
export const count = { id: "trips", type: "count" };
export const fare = { id: "fare", type: "avg", field: "fare" };

/** The metrics' names. */
export const names = { trips: "Trips", fare: "Average fare" };

/** What fares lie in. */
export const ranges = [0, 6, 12, 18].map((from) => ({ from, to: from + 6 }));
