export async function measureBefore() { return []; }
