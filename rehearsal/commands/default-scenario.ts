import type { Scenario } from '../scenario/scenario';
import { DEFAULT_PROFILE } from '../scenario/service-profile';

/** One healthy release after another: what is played where no scenario is named. */
export const DEFAULT_SCENARIO: Scenario = {
  file: '',
  service: DEFAULT_PROFILE,
  releases: [{ name: 'the next release', profile: DEFAULT_PROFILE, leaveOut: [], actions: [] }],
  stackUpdates: [],
  alarms: [],
  throttle: [],
  deny: [],
  builds: [],
  calendars: [],
  parameters: [],
  secrets: [],
};
