// Made by scripts/schema.ts from the migrated schema; not edited by hand.
import type { Generated, GeneratedAlways } from "kysely";
import type { Day } from "../kernel/day.ts";

export interface AccountTable {
  id: string;
  person_id: string;
  district: string;
  login: string | null;
  password_hash: string | null;
  totp_sealed: Buffer | null;
  totp_last_step: bigint | null;
  disabled: Generated<boolean>;
  lang: Generated<string>;
  large_type: Generated<boolean>;
  oidc_subject: string | null;
  created_at: Date;
}

export interface AccountBookTable {
  district: string;
  id: string;
  unit_id: string;
  path: string;
  role: string;
  detail: Generated<string>;
  fund_id: string | null;
  chart: string;
  debit_fen: Generated<bigint>;
  credit_fen: Generated<bigint>;
}

export interface AidGrantTable {
  district: string;
  id: string;
  case_id: string;
  household_id: string | null;
  beneficiary_id: string;
  beneficiary_district: string;
  beneficiary_name: string;
  case_number: string | null;
  unit_id: string;
  path: string;
  kind: string;
  cause: string | null;
  fund_id: string | null;
  fund_district: string | null;
  amount_fen: bigint;
  year: number;
  period: Generated<string>;
  state: string;
  file_tier: string | null;
  decided_on: Day;
  paid_on: Day | null;
  batch_id: string | null;
  item_id: string | null;
  fund_name: string | null;
  batch_number: string | null;
  cap_check: unknown;
  payee_sealed: Buffer;
  fund_source: string | null;
}

export interface AidOnceTable {
  beneficiary_id: string;
  kind: string;
  year: number;
  period: string;
  cause: string;
  grant_district: string;
  grant_id: string;
  in_force: Generated<boolean>;
}

export interface BankResultTable {
  district: string;
  batch_id: string;
  content_hash: Buffer;
  path: string;
  file_no: number;
  lines: number;
  paid: number;
  failed: number;
  refunded: number;
  by_person: string | null;
  at: Date;
}

export interface BatchTable {
  district: string;
  id: string;
  number: string;
  unit_id: string;
  path: string;
  fund_id: string;
  purpose: string;
  title: string;
  state: string;
  total_fen: Generated<bigint>;
  items: Generated<number>;
  paid_fen: Generated<bigint>;
  failed: Generated<number>;
  due_on: Day | null;
  made_by: string;
  made_on: Day;
  decision: string | null;
  seq: Generated<number>;
  bank_file_no: Generated<number>;
  head_hash: Buffer | null;
  escalated_to: string | null;
  escalated_on: Day | null;
}

export interface BatchActionTable {
  district: string;
  batch_id: string;
  seq: number;
  id: string;
  name: string;
  by_person: string | null;
  by_name: string | null;
  by_role: string | null;
  at: Date;
  on_day: Day;
  from_state: string | null;
  to_state: string;
  answers: Generated<unknown>;
  content_hash: Buffer;
  hash: Buffer;
  path: string;
}

export interface BatchItemTable {
  district: string;
  batch_id: string;
  id: string;
  position: number;
  path: string;
  grant_id: string;
  grant_district: string;
  case_id: string;
  case_number: string | null;
  payee_name: string;
  beneficiary_id: string;
  beneficiary_district: string;
  beneficiary_name: string;
  household_id: string | null;
  payee_sealed: Buffer;
  amount_fen: bigint;
  state: string;
  reason: string | null;
  bank_reference: string | null;
  sent_in: number | null;
  paid_on: Day | null;
  voucher_id: string | null;
}

export interface BatchSerialTable {
  district: string;
  year: number;
  last: number;
}

export interface BookTable {
  district: string;
  unit_id: string;
  path: string;
  closed_through: string | null;
  closed_at: Date | null;
  closed_by: string | null;
}

export interface BookMonthTable {
  district: string;
  unit_id: string;
  month: string;
  vouchers: Generated<number>;
}

export interface CapLinkTable {
  district: string;
  beneficiary: string;
  to_district: string;
  to_beneficiary: string;
}

export interface CapUseTable {
  district: string;
  rule: string;
  beneficiary: string;
  year: number;
  used_fen: bigint;
  cap_fen: bigint;
  carried_fen: Generated<bigint>;
}

export interface CaseActionTable {
  district: string;
  case_id: string;
  seq: number;
  id: string;
  name: string;
  by_person: string | null;
  by_name: string | null;
  by_unit_id: string | null;
  by_role: string | null;
  at: Date;
  on_day: Day;
  from_step: string | null;
  to_step: string;
  due_on: Day | null;
  note: string | null;
  answers: Generated<unknown>;
  sealed: Buffer | null;
  effects: Generated<unknown>;
  after: unknown;
  content_hash: Buffer;
  hash: Buffer;
  path: string;
}

export interface CaseDraftTable {
  person_id: string;
  service: string;
  district: string;
  sealed: Buffer;
  saved_at: Date;
}

export interface CaseFileTable {
  district: string;
  id: string;
  number: string;
  service: string;
  service_version: number;
  unit_id: string;
  path: string;
  place2: GeneratedAlways<string | null>;
  place3: GeneratedAlways<string | null>;
  place4: GeneratedAlways<string | null>;
  place5: GeneratedAlways<string | null>;
  applicant_id: string;
  applicant_district: string;
  applicant_name: string;
  on_behalf_by: string | null;
  subject_id: string | null;
  step: string;
  state: string;
  outcome: string | null;
  turn: string;
  turn_unit_id: string | null;
  turn_path: string | null;
  turn_power: string | null;
  step_since: Day;
  due_on: Day | null;
  due_sort: GeneratedAlways<Day | null>;
  clock: Generated<unknown>;
  escalated: Generated<boolean>;
  answers: Generated<unknown>;
  facts: Generated<unknown>;
  pins: Generated<unknown>;
  amount_fen: bigint | null;
  confidential: Generated<string>;
  opened_on: Day;
  opened_at: Date;
  ended_on: Day | null;
  rating: number | null;
  rated_on: Day | null;
  parent_id: string | null;
  previous_id: string | null;
  follow_of: string | null;
  seq: number;
  head_hash: Buffer;
}

export interface CaseLookupTable {
  case_id: string;
  district: string;
}

export interface CaseSerialTable {
  district: string;
  year: number;
  service: string;
  last: number;
}

export interface ConsentTable {
  district: string;
  id: string;
  person_id: string;
  purpose: string;
  fields: string[];
  receivers: Generated<string[]>;
  version: string;
  given_at: Date;
  withdrawn_at: Date | null;
}

export interface DayRootTable {
  district: string;
  day: Day;
  actions: number;
  root: Buffer;
  previous: Buffer | null;
  signature: Buffer;
  key_id: string;
  closed_at: Date;
}

export interface DeliveryTable {
  district: string;
  id: string;
  message_id: string;
  person_id: string;
  channel: string;
  state: string;
  tries: Generated<number>;
  error: string | null;
  held_until: Date | null;
  at: Date;
}

export interface FundTable {
  district: string;
  id: string;
  unit_id: string;
  path: string;
  source: string;
  name: string;
  year: number;
  purposes: string[];
  state: Generated<string>;
  in_fen: Generated<bigint>;
  committed_fen: Generated<bigint>;
  spent_fen: Generated<bigint>;
}

export interface HardshipClaimTable {
  id_hash: Buffer;
  district: string;
  case_id: string;
}

export interface HardshipFileTable {
  district: string;
  id: string;
  file_no: string;
  case_id: string;
  household_id: string;
  head_id: string;
  head_name: string;
  unit_id: string;
  path: string;
  category: string;
  tier: string;
  main_cause: string;
  member_count: number;
  filed_on: Day;
  valid_to: Day;
  state: string;
  liaison_id: string | null;
  liaison_name: string | null;
  previous_file_id: string | null;
  exit_reason: string | null;
  exited_on: Day | null;
  next_visit_on: Day | null;
  visit_told_on: Day | null;
  used_year: Generated<number>;
  used_fen: Generated<bigint>;
}

export interface HouseholdTable {
  district: string;
  id: string;
  head_id: string;
  path: string;
  unit_id: string;
  created_on: Day;
  version: Generated<number>;
}

export interface HouseholdMemberTable {
  district: string;
  household_id: string;
  id: string;
  name: string;
  relation: string;
  birth_date: Day | null;
  id_hash: Buffer | null;
  work_status: string | null;
  person_id: string | null;
  sealed: Buffer;
  left_on: Day | null;
  path: string;
  head_id: string;
}

export interface IdentityLookupTable {
  hash: Buffer;
  district: string;
  person_id: string;
}

export interface ImportChunkTable {
  district: string;
  import_id: string;
  number: number;
  sealed: Buffer;
}

export interface ImportProblemTable {
  district: string;
  import_id: string;
  n: number;
  sheet: string;
  row: number;
  field: string | null;
  column_letters: string | null;
  level: string;
  code: string;
  params: Generated<unknown>;
  proposal: unknown;
}

export interface InstallationTable {
  id: Generated<boolean>;
  uuid: Generated<string>;
  fictitious: Generated<boolean>;
  trial_days: Generated<number>;
  day_ticked: Day | null;
  founded_at: Generated<Date>;
}

export interface KeyMarkTable {
  id: Generated<boolean>;
  suite: string;
  mark: Buffer;
}

export interface LookTable {
  district: string;
  id: string;
  person_id: string;
  by_person: string;
  by_name: string;
  by_unit: string | null;
  by_role: string | null;
  what: string;
  fields: Generated<string[]>;
  purpose: string;
  case_id: string | null;
  at: Date;
  on_day: Day;
}

export interface MembershipTable {
  district: string;
  id: string;
  person_id: string;
  unit_id: string;
  path: string;
  member_no: string | null;
  status: string;
  status_reason: string | null;
  status_since: Day;
  joined_on: Day | null;
  kind: Generated<string>;
  case_id: string | null;
  import_id: string | null;
  card_serial: string | null;
  card_issued_on: Day | null;
  reminded_on: Day | null;
}

export interface MembershipEventTable {
  district: string;
  id: string;
  membership_id: string;
  person_id: string;
  unit_id: string;
  path: string;
  from_status: string | null;
  to_status: string;
  reason: string | null;
  by_person: string | null;
  on_day: Day;
  at: Date;
  case_id: string | null;
  document: unknown;
  change: string | null;
  from_unit_id: string | null;
  from_path: string | null;
}

export interface MembershipTransferTable {
  district: string;
  id: string;
  person_id: string;
  person_name: string;
  membership_id: string;
  from_unit_id: string;
  from_path: string;
  to_unit_id: string;
  to_path: string;
  to_district: string;
  status: string;
  initiated_by: string;
  by_person: string | null;
  reason: string | null;
  requested_on: Day;
  released_on: Day | null;
  ended_on: Day | null;
  due_on: Day | null;
  note: string | null;
  import_id: string | null;
  grounds: string | null;
}

export interface MergeLogTable {
  district: string;
  id: string;
  kept_id: string;
  merged_id: string;
  before: unknown;
  by_person: string | null;
  at: Date;
  undone_at: Date | null;
  path: string;
}

export interface MessageTable {
  district: string;
  id: string;
  person_id: string;
  template: string;
  params: Generated<unknown>;
  link: string | null;
  case_id: string | null;
  at: Date;
  read_at: Date | null;
}

export interface MessagePreferenceTable {
  person_id: string;
  district: string;
  channels: Generated<string[]>;
  mail_sealed: Buffer | null;
  quiet_from: Generated<string>;
  quiet_until: Generated<string>;
}

export interface NoticeTable {
  district: string;
  id: string;
  case_id: string | null;
  unit_id: string;
  path: string;
  kind: string;
  scope: string;
  title: unknown;
  shown: unknown;
  shown_public: unknown;
  starts_on: Day;
  ends_on: Day | null;
  days: number;
  day_type: string;
  kind_title: unknown;
  code: string | null;
  state: string;
  taken_down_at: Date | null;
}

export interface NoticeLookupTable {
  notice_id: string;
  district: string;
}

export interface ObjectionTable {
  district: string;
  id: string;
  notice_id: string;
  path: string;
  sealed: Buffer;
  receipt_hash: Buffer;
  raised_at: Date;
  raised_on: Day;
  finding: string | null;
  finding_note: string | null;
  found_by: string | null;
  found_on: Day | null;
}

export interface PaperTable {
  district: string;
  id: string;
  path: string;
  owner_id: string | null;
  case_id: string | null;
  kind: string;
  file_name_sealed: Buffer;
  media_type: string;
  bytes: number;
  content_hash: Buffer;
  chunks: number;
  sensitivity: Generated<string>;
  by_person: string | null;
  at: Date;
  deleted_at: Date | null;
  shelf: Generated<string>;
}

export interface PaperChunkTable {
  district: string;
  paper_id: string;
  number: number;
  sealed: Buffer;
}

export interface PaperLookupTable {
  paper_id: string;
  district: string;
}

export interface PersonTable {
  district: string;
  id: string;
  path: string;
  unit_id: string | null;
  name: string;
  name_pinyin: string;
  name_initials: string;
  sex: number | null;
  birth_date: Day | null;
  ethnicity: string | null;
  education: string | null;
  political_status: string | null;
  skill_level: string | null;
  employment_type: string | null;
  employment_status: string | null;
  employer_name: string | null;
  job_title: string | null;
  new_employment_group: string | null;
  migrant: boolean | null;
  id_kind: Generated<string>;
  id_hash: Buffer | null;
  sealed: Buffer | null;
  to_complete: Generated<string[]>;
  member_status: string | null;
  merged_into: string | null;
  created_on: Day;
  version: Generated<number>;
  former_districts: Generated<string[]>;
}

export interface PhoneLookupTable {
  hash: Buffer;
  person_id: string;
  district: string;
}

export interface PolicyValueTable {
  id: string;
  key: string;
  place: string;
  from_day: Day;
  until_day: Day | null;
  value: unknown;
  source: unknown;
  set_by: string | null;
  set_at: Date;
  superseded_by: string | null;
}

export interface PolicyVersionTable {
  id: Generated<boolean>;
  version: Generated<string>;
}

export interface PostTable {
  id: string;
  person_id: string;
  person_district: string;
  person_name: string;
  unit_id: string;
  role: string;
  from_day: Day;
  until_day: Day | null;
  ended_reason: string | null;
}

export interface RegisterEntryTable {
  id_hash: Buffer;
  kind: string;
  register: string;
  as_of: Day;
  import_id: string;
  facts: Generated<unknown>;
}

export interface RollupTable {
  district: string;
  unit_id: string;
  tally: string;
  grain: string;
  day: Generated<Day>;
  key: Generated<string>;
  n: bigint;
}

export interface RollupDeltaTable {
  district: string;
  seq: GeneratedAlways<bigint>;
  unit_id: string;
  tally: string;
  grain: string;
  day: Generated<Day>;
  key: Generated<string>;
  n: bigint;
}

export interface RollupStateTable {
  id: Generated<boolean>;
  built: boolean;
}

export interface RootEntryTable {
  district: string;
  owner_id: string;
  seq: number;
  kind: string;
  day: Day;
}

export interface RosterImportTable {
  id: string;
  district: string;
  unit_id: string;
  path: string;
  kind: Generated<string>;
  file_name: string;
  file_hash: Buffer;
  bytes: Generated<number>;
  mapping: unknown;
  state: string;
  dry_run: Generated<boolean>;
  read: Generated<number>;
  loaded: Generated<number>;
  updated: Generated<number>;
  unchanged: Generated<number>;
  duplicates: Generated<number>;
  rejected: Generated<number>;
  position: Generated<number>;
  all_rows: number | null;
  problems: Generated<number>;
  seconds: Generated<number>;
  by_person: string | null;
  started_at: Date;
  finished_at: Date | null;
  error: string | null;
}

export interface RoundTable {
  id: string;
  service: string;
  unit_id: string;
  path: string;
  title: string;
  opens_at: Date;
  closes_at: Date;
  late: Generated<boolean>;
  quota: number;
  each_fen: Generated<bigint>;
  budget_fen: bigint | null;
  groups: Generated<string[]>;
  districts: number;
  ended_at: Date | null;
  made_by: string;
  made_at: Date;
  content_hash: Buffer;
  only_district: string | null;
}

export interface RoundClaimTable {
  district: string;
  id: string;
  round_id: string;
  number: number;
  person_id: string;
  person_district: string;
  person_name: string;
  unit_id: string;
  path: string;
  state: string;
  counts: string | null;
  claimed_at: Date;
  changed_at: Date;
  pending: Generated<boolean>;
  case_district: string | null;
}

export interface RoundShareTable {
  district: string;
  round_id: string;
  quota: number;
  waiting_quota: Generated<number>;
  held: Generated<number>;
  waiting: Generated<number>;
  last_number: Generated<number>;
}

export interface SessionTable {
  token_hash: Buffer;
  account_id: string;
  person_id: string;
  csrf: string;
  created_at: Date;
  seen_at: Date;
  expires_at: Date;
  kind: string;
  strong: boolean;
  agent: string | null;
}

export interface SignInCodeTable {
  phone_hash: Buffer;
  code_hash: Buffer;
  sent_at: Date;
  tries: Generated<number>;
  sends: Generated<number>;
  sends_since: Date;
}

export interface SignInFailureTable {
  login_hash: Buffer;
  failed: number;
  last_at: Date;
  locked_until: Date | null;
}

export interface SubsidyTable {
  district: string;
  id: string;
  unit_id: string;
  path: string;
  fund_id: string;
  to_district: string;
  to_unit_id: string;
  to_fund_id: string;
  amount_fen: bigint;
  memo: string;
  state: string;
  owed_on: Day;
  settled_on: Day | null;
  by_person: string | null;
}

export interface TransferTable {
  district: string;
  id: string;
  voucher_id: string;
  unit_id: string;
  path: string;
  debit_id: string;
  credit_id: string;
  amount_fen: bigint;
  on_day: Day;
  case_id: string | null;
  household_id: string | null;
  at: Date;
}

export interface UnitTable {
  id: string;
  path: string;
  parent_id: string | null;
  funds_parent_id: string | null;
  industrial_parent_id: string | null;
  district: string;
  code: string;
  former_codes: Generated<string[]>;
  name: string;
  short_name: string | null;
  name_pinyin: string;
  name_initials: string;
  level: string;
  org_type: string | null;
  org_form: string | null;
  region_code: string;
  uscc: string | null;
  legal_person_status: Generated<string>;
  status: Generated<string>;
  founded_on: Day | null;
  term_years: number | null;
  term_number: number | null;
  term_start: Day | null;
  term_end: Day | null;
  employer: unknown;
  details: Generated<unknown>;
  members: Generated<number>;
  version: Generated<number>;
  created_on: Day;
  figures_kept: Generated<boolean>;
}

export interface UnitEventTable {
  id: string;
  unit_id: string;
  kind: string;
  before: unknown;
  after: unknown;
  reason: string | null;
  by_person: string | null;
  at: Date;
  on_day: Day;
}

export interface VerifyCodeTable {
  code: string;
  kind: string;
  district: string;
  subject_id: string;
  issued_on: Day;
  valid_until: Day | null;
  revoked_on: Day | null;
  facts: Generated<unknown>;
}

export interface VoucherTable {
  district: string;
  id: string;
  unit_id: string;
  path: string;
  month: string;
  number: number;
  kind: string;
  memo: string;
  on_day: Day;
  made_by: string | null;
  reviewed_by: string | null;
  source: Generated<unknown>;
  reverses: string | null;
  at: Date;
}

/** Every table and view, by name. */
export interface DB {
  account: AccountTable;
  account_book: AccountBookTable;
  aid_grant: AidGrantTable;
  aid_once: AidOnceTable;
  bank_result: BankResultTable;
  batch: BatchTable;
  batch_action: BatchActionTable;
  batch_item: BatchItemTable;
  batch_serial: BatchSerialTable;
  book: BookTable;
  book_month: BookMonthTable;
  cap_link: CapLinkTable;
  cap_use: CapUseTable;
  case_action: CaseActionTable;
  case_draft: CaseDraftTable;
  case_file: CaseFileTable;
  case_lookup: CaseLookupTable;
  case_serial: CaseSerialTable;
  consent: ConsentTable;
  day_root: DayRootTable;
  delivery: DeliveryTable;
  fund: FundTable;
  hardship_claim: HardshipClaimTable;
  hardship_file: HardshipFileTable;
  household: HouseholdTable;
  household_member: HouseholdMemberTable;
  identity_lookup: IdentityLookupTable;
  import_chunk: ImportChunkTable;
  import_problem: ImportProblemTable;
  installation: InstallationTable;
  key_mark: KeyMarkTable;
  look: LookTable;
  membership: MembershipTable;
  membership_event: MembershipEventTable;
  membership_transfer: MembershipTransferTable;
  merge_log: MergeLogTable;
  message: MessageTable;
  message_preference: MessagePreferenceTable;
  notice: NoticeTable;
  notice_lookup: NoticeLookupTable;
  objection: ObjectionTable;
  paper: PaperTable;
  paper_chunk: PaperChunkTable;
  paper_lookup: PaperLookupTable;
  person: PersonTable;
  phone_lookup: PhoneLookupTable;
  policy_value: PolicyValueTable;
  policy_version: PolicyVersionTable;
  post: PostTable;
  register_entry: RegisterEntryTable;
  rollup: RollupTable;
  rollup_delta: RollupDeltaTable;
  rollup_state: RollupStateTable;
  root_entry: RootEntryTable;
  roster_import: RosterImportTable;
  round: RoundTable;
  round_claim: RoundClaimTable;
  round_share: RoundShareTable;
  session: SessionTable;
  sign_in_code: SignInCodeTable;
  sign_in_failure: SignInFailureTable;
  subsidy: SubsidyTable;
  transfer: TransferTable;
  unit: UnitTable;
  unit_event: UnitEventTable;
  verify_code: VerifyCodeTable;
  voucher: VoucherTable;
}
