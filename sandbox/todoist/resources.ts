/** What Todoist keeps, in the shape in which the API shows it (facts: null where the service gives null). */

export interface Due {
  /** `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM:SS` (floating), or the same with `Z` (fixed, in `timezone`). */
  readonly date: string;
  readonly timezone: string | null;
  readonly string: string;
  readonly lang: string;
  readonly is_recurring: boolean;
}

export interface Task {
  readonly id: string;
  readonly user_id: string;
  readonly project_id: string;
  readonly section_id: string | null;
  readonly parent_id: string | null;
  readonly added_by_uid: string | null;
  readonly assigned_by_uid: string | null;
  readonly responsible_uid: string | null;
  readonly labels: readonly string[];
  readonly deadline: { readonly date: string; readonly lang: string } | null;
  readonly duration: { readonly amount: number; readonly unit: 'minute' | 'day' } | null;
  readonly checked: boolean;
  readonly is_deleted: boolean;
  readonly added_at: string;
  readonly completed_at: string | null;
  readonly updated_at: string;
  readonly due: Due | null;
  /** 1 is normal, 4 is urgent. */
  readonly priority: number;
  readonly child_order: number;
  readonly content: string;
  readonly description: string;
  readonly day_order: number;
  readonly is_collapsed: boolean;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly parent_id: string | null;
  readonly child_order: number;
  readonly is_archived: boolean;
  readonly is_deleted: boolean;
  readonly is_favorite: boolean;
  readonly is_frozen: boolean;
  readonly is_shared: boolean;
  readonly is_collapsed: boolean;
  readonly inbox_project: boolean;
  readonly can_assign_tasks: boolean;
  readonly view_style: string;
  readonly default_order: number;
  readonly description: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface User {
  readonly id: string;
  readonly email: string;
  readonly full_name: string;
  /** IANA name. */
  readonly timezone: string;
  readonly inbox_project_id: string;
}

/** The user as `GET /user` and the sync resource show it. */
export function userBody(user: User): Readonly<Record<string, unknown>> {
  return {
    id: user.id,
    email: user.email,
    full_name: user.full_name,
    inbox_project_id: user.inbox_project_id,
    tz_info: { timezone: user.timezone, gmt_string: '+00:00', hours: 0, minutes: 0, is_dst: 0 },
    business_account_id: null,
    is_premium: true,
    premium_status: 'current_personal_plan',
    date_format: 0,
    time_format: 0,
    weekly_goal: 25,
    daily_goal: 5,
    completed_count: 0,
    completed_today: 0,
    days_off: [6, 7],
    karma: 0,
    karma_trend: '-',
    lang: 'en',
    next_week: 1,
    start_day: 1,
    start_page: 'today',
    weekend_start_day: 6,
  };
}
