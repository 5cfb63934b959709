"""What the doctor says of the machine: ports, disk, files, clock. Pure: facts in, a finding out."""

from datetime import timedelta

from shopcast.operate.doctor.finding import Finding, fail, ok, warn

# An hour of one 3 Mbit/s show is 1.4 GB: below this an evening is in danger, below that the hour is.
DISK_WARN_BYTES, DISK_FAIL_BYTES = 10 * 1024**3, 2 * 1024**3
INODES_WARN_SHARE = 0.05
# A rooms process holds 20,000 sockets; the rest is for files and the database.
SOCKETS_WANTED = 20_000
FILES_BESIDE = 500
# Tickets, webhooks and holds are compared across machines; a second is felt by nobody.
SKEW_WARN, SKEW_FAIL = timedelta(seconds=2), timedelta(seconds=30)
WAL_WARN_BYTES = 512 * 1024**2


def port(setting: str, number: int, free: bool, shop_runs: bool) -> Finding:
    if free and shop_runs:
        return fail(
            setting,
            f"The shop runs, but nobody listens on port {number}. Look into its log; a role may be falling.",
            f"商店正在运行，但端口 {number} 无人监听。请查看日志，可能有进程反复退出。",
        )
    if not free and not shop_runs:
        return fail(
            setting,
            f"Port {number} is taken by another program. Stop it (`ss -ltnp 'sport = :{number}'` names it), or set "
            f"{setting} to another port.",
            f"端口 {number} 被其他程序占用。请停止该程序(`ss -ltnp 'sport = :{number}'` 可查看)，"
            f"或将 {setting} 改为其他端口。",
        )
    return ok(
        setting, f"Port {number} is {'free' if free else 'ours'}.", f"端口 {number} {'空闲' if free else '正常'}。"
    )


def doubled_ports(ports: dict[str, int]) -> list[Finding]:
    found = []
    names: dict[int, str] = {}
    for name, number in ports.items():
        if number in names:
            other = names[number]
            found.append(
                fail(
                    name,
                    f"{other} and {name} are both {number}. Give each a port of its own.",
                    f"{other} 与 {name} 都是 {number}。请分别设置不同的端口。",
                )
            )
        names[number] = name
    return found


def disk(free_bytes: int, free_inodes_share: float) -> Finding:
    free = f"{free_bytes / 1024**3:.1f} GiB"
    if free_bytes < DISK_FAIL_BYTES:
        return fail(
            "disk",
            f"Only {free} are free: recordings stop soon and purchases after them. Free space now (old backups, "
            "recordings of ended shows), or move SHOPCAST_DATA_DIR to a larger disk.",
            f"磁盘仅剩 {free}:录像即将中断，随后无法下单。请立即清理空间(旧备份、已结束直播的录像)，"
            "或将 SHOPCAST_DATA_DIR 移到更大的磁盘。",
        )
    if free_inodes_share < INODES_WARN_SHARE:
        return warn(
            "disk",
            f"The file system has few inodes left ({free_inodes_share:.0%}): no new files can be made after that, "
            "however much space there is. Delete what is many and small, or make the file system anew with more.",
            f"文件系统的 inode 仅剩 {free_inodes_share:.0%}:用尽后即使有空间也无法新建文件。"
            "请删除大量小文件，或重建 inode 更多的文件系统。",
        )
    if free_bytes < DISK_WARN_BYTES:
        return warn(
            "disk",
            f"{free} are free; an hour of a show takes about 1.4 GB. Make room before the next long show.",
            f"磁盘剩余 {free};每小时直播约占 1.4 GB。请在下次长时间直播前清理空间。",
        )
    return ok("disk", f"{free} are free.", f"磁盘剩余 {free}。")


def file_limit(soft: int, hard: int) -> Finding:
    allowed = hard - FILES_BESIDE
    if allowed < SOCKETS_WANTED:
        return warn(
            "files",
            f"One process may open {hard} files (now {soft}): that is about {max(allowed, 0)} viewers at once. For "
            f"more set LimitNOFILE={SOCKETS_WANTED + FILES_BESIDE} in the systemd unit, or run more rooms processes.",
            f"单个进程最多可打开 {hard} 个文件(当前 {soft}):约可容纳 {max(allowed, 0)} 名观众。"
            f"如需更多，请在 systemd 单元中设置 LimitNOFILE={SOCKETS_WANTED + FILES_BESIDE}，或运行更多 rooms 进程。",
        )
    return ok("files", f"One process may open {hard} files.", f"单个进程可打开 {hard} 个文件。")


def clock(skew: timedelta, against: str, against_zh: str) -> Finding:
    seconds = abs(skew.total_seconds())
    if abs(skew) >= SKEW_FAIL:
        return fail(
            "clock",
            f"This machine's clock is {seconds:.0f} s off {against}: signed tickets and webhooks are refused. Switch "
            "time synchronisation on: `timedatectl set-ntp true`.",
            f"本机时钟与{against_zh}相差 {seconds:.0f} 秒:签名票据和 webhook 会被拒绝。"
            "请启用时间同步:`timedatectl set-ntp true`。",
        )
    if abs(skew) >= SKEW_WARN:
        return warn(
            "clock",
            f"This machine's clock is {seconds:.1f} s off {against}. Check that time synchronisation works: "
            "`timedatectl`.",
            f"本机时钟与{against_zh}相差 {seconds:.1f} 秒。请检查时间同步:`timedatectl`。",
        )
    return ok("clock", f"The clock agrees with {against}.", f"时钟与{against_zh}一致。")


def wal(size: int) -> Finding:
    megabytes = f"{size / 1e6:.0f} MB"
    if size > WAL_WARN_BYTES:
        return warn(
            "wal",
            f"SQLite's write-ahead log has grown to {megabytes}: somebody has been reading for very long (a copy, a "
            "forgotten sqlite3 shell). End that; the log shrinks at the next restart.",
            f"SQLite 预写日志已增长到 {megabytes}:有长时间的读取(例如复制或未关闭的 sqlite3 会话)。"
            "请结束它;下次重启后日志会缩小。",
        )
    return ok("wal", f"The write-ahead log has {megabytes}.", f"预写日志大小 {megabytes}。")


def exports(has_av: bool) -> Finding:
    if not has_av:
        return warn(
            "exports",
            "Clips can't be made into MP4 files: PyAV is missing. Install it with: pip install 'shopcast[av]'. "
            "Watching and replays work without it.",
            "无法将片段导出为 MP4:缺少 PyAV。请执行:pip install 'shopcast[av]'。观看和回放不受影响。",
        )
    return ok("exports", "Clips can be made into MP4 files.", "可以导出 MP4 片段。")
