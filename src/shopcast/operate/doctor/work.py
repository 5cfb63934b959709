"""What the doctor says of the shop's own work: processes, what waits, what gave up, backups. Pure."""

from datetime import timedelta

from shopcast.kernel.vitals import Report
from shopcast.operate.doctor.finding import Finding, fail, ok, warn
from shopcast.operate.sampler import Numbers

LAG_WARN, LAG_FAIL = timedelta(seconds=30), timedelta(minutes=10)
LATE_WARN = timedelta(minutes=5)
BACKUP_WARN = timedelta(days=2)


def process(report: Report) -> Finding:
    name = f"process {report.process}"
    if report.ready:
        return ok(name, "It is ready.", "运行正常。")
    if report.draining:
        return warn(name, "It was told to stop and finishes what it has.", "正在停止，处理完现有工作后退出。")
    wrong = "; ".join(f"{check.name}: {check.detail}" for check in report.checks if check.state == "failed")
    said = wrong or "it does not answer"
    return fail(
        name,
        f"It is not ready: {said}. The log of this process says more.",
        f"尚未就绪:{said}。详情见该进程的日志。",
    )


def deliveries(numbers: Numbers) -> Finding:
    lag = timedelta(seconds=numbers.lag_s)
    if lag >= LAG_FAIL:
        return fail(
            "events",
            f"The oldest undelivered event is {lag.total_seconds() / 60:.0f} minutes old: receipts and stock counts "
            "are late. Is the writer (in a cluster: a worker) running? Its log names the subscriber that holds things "
            "up.",
            f"最早未投递的事件已有 {lag.total_seconds() / 60:.0f} 分钟:收据和库存更新延迟。"
            "写入进程(集群中为 worker)是否在运行?其日志会指出阻塞的订阅者。",
        )
    if lag >= LAG_WARN:
        return warn(
            "events",
            f"Deliveries are {lag.total_seconds():.0f} s behind. After a drop that passes by itself; look again.",
            f"事件投递落后 {lag.total_seconds():.0f} 秒。限时抢购后会自行恢复，请稍后再查。",
        )
    return ok("events", "Events are delivered at once.", "事件投递及时。")


def dead_letters(numbers: Numbers) -> Finding:
    if numbers.dead_letters:
        return fail(
            "dead letters",
            f"{numbers.dead_letters} events were given up on. Open Operations in the console, read the error, then "
            "replay or discard each.",
            f"有 {numbers.dead_letters} 个事件投递失败。请在控制台的“运维”页面查看错误，然后逐个重放或丢弃。",
        )
    if numbers.parked_keys:
        return warn(
            "dead letters",
            f"{numbers.parked_keys} things wait for an event that failed and is tried again by itself.",
            f"有 {numbers.parked_keys} 项在等待失败事件的自动重试。",
        )
    return ok("dead letters", "No event was given up on.", "没有投递失败的事件。")


def jobs(numbers: Numbers) -> Finding:
    if numbers.jobs_dead:
        return fail(
            "jobs",
            f"{numbers.jobs_dead} tasks gave up. Open Operations in the console, read the error, then retry each.",
            f"有 {numbers.jobs_dead} 个任务已放弃。请在控制台的“运维”页面查看错误后重试。",
        )
    if numbers.jobs_oldest_due_s >= LATE_WARN.total_seconds():
        return warn(
            "jobs",
            f"{numbers.jobs_due} tasks are due, the oldest for {numbers.jobs_oldest_due_s / 60:.0f} minutes. Is a "
            "worker running?",
            f"有 {numbers.jobs_due} 个任务到期未执行，最久已等待 {numbers.jobs_oldest_due_s / 60:.0f} 分钟。"
            "worker 是否在运行?",
        )
    return ok("jobs", "Tasks run when they are due.", "任务按时执行。")


def backup(age: timedelta | None) -> Finding:
    if age is None:
        return warn(
            "backup",
            "There never was a backup on this machine. Make one: `shopcast backup /somewhere/else --keep 7`, daily.",
            "本机从未备份。请执行:`shopcast backup /somewhere/else --keep 7`，并每天运行。",
        )
    if age >= BACKUP_WARN:
        return warn(
            "backup",
            f"The last backup is {age.days} days old. See why the timer did not run: `systemctl list-timers`.",
            f"最近一次备份是 {age.days} 天前。请检查定时任务为何未运行:`systemctl list-timers`。",
        )
    hours = age.total_seconds() / 3600
    return ok("backup", f"The last backup is {hours:.0f} hours old.", f"最近一次备份在 {hours:.0f} 小时前。")
