/** What something costs this process, in milliseconds of a processor: unlike what a clock says, that is next to the same on a machine that has other work. */
export function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
