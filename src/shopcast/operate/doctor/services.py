"""What the doctor says of the servers a shop leans on: database, Redis, S3, mail, its own public address. Pure."""

from datetime import timedelta

from shopcast.operate.doctor.finding import Finding, fail, ok, warn

OLDEST_POSTGRES = 14
CERTIFICATE_WARN = timedelta(days=14)
# Four processes with eight connections each, and room for psql.
CONNECTIONS_WANTED = 50


def unreachable(name: str, setting: str, why: str) -> Finding:
    return fail(
        name,
        f"It can't be reached ({why}). Check that it runs, that a firewall lets us through, and {setting}.",
        f"无法连接({why})。请检查服务是否运行、防火墙是否放行，以及 {setting}。",
    )


def schema(found: str | None, newest: str) -> Finding:
    if found is None:
        return warn(
            "schema",
            "The database is empty. `shopcast serve` fills it by itself; in a cluster run `shopcast migrate` once.",
            "数据库为空。`shopcast serve` 会自动初始化;集群模式请先运行一次 `shopcast migrate`。",
        )
    if found < newest:
        return fail(
            "schema",
            f"The schema is at {found}, this version needs {newest}. Run `shopcast migrate` (after a backup).",
            f"数据库结构版本为 {found}，本版本需要 {newest}。请(备份后)运行 `shopcast migrate`。",
        )
    if found > newest:
        return fail(
            "schema",
            f"The schema is at {found}, newer than this version ({newest}). Install the newer Shopcast again.",
            f"数据库结构版本 {found} 比本程序({newest})更新。请重新安装新版 Shopcast。",
        )
    return ok("schema", f"The schema is at {found}.", f"数据库结构版本为 {found}。")


def sqlite(damage: str, writer: int | None) -> Finding:
    if damage != "ok":
        return fail(
            "database",
            f"The database file is damaged: {damage}. Stop the shop, keep a copy of the file, and restore the newest "
            "backup (docs/operate/backup.md).",
            f"数据库文件已损坏:{damage}。请停止商店、保留文件副本，并恢复最新备份(见 docs/operate/backup.md)。",
        )
    who = "no process writes it now" if writer is None else f"process {writer} writes it"
    who_zh = "当前没有写入进程" if writer is None else f"由进程 {writer} 写入"
    return ok("database", f"The database is whole; {who}.", f"数据库完好;{who_zh}。")


def postgres(version: int, settings: dict[str, str], *, in_recovery: bool) -> Finding:
    """`version` is the major one; `settings` as SHOW says them."""
    if version < OLDEST_POSTGRES:
        return fail(
            "database",
            f"PostgreSQL {version} is too old; use {OLDEST_POSTGRES} or newer.",
            f"PostgreSQL {version} 版本过旧，请使用 {OLDEST_POSTGRES} 或更新版本。",
        )
    if in_recovery:
        return fail(
            "database",
            "This PostgreSQL is a standby and takes no writes. Point SHOPCAST_DATABASE_URL at the primary.",
            "该 PostgreSQL 是只读备库。请将 SHOPCAST_DATABASE_URL 指向主库。",
        )
    if settings.get("server_encoding") != "UTF8":
        return fail(
            "database",
            f"The database is encoded in {settings.get('server_encoding')}; names in other scripts are lost. Create it "
            "anew: CREATE DATABASE shopcast ENCODING 'UTF8' TEMPLATE template0.",
            f"数据库编码为 {settings.get('server_encoding')}，无法保存中文等文字。请重新创建:"
            "CREATE DATABASE shopcast ENCODING 'UTF8' TEMPLATE template0。",
        )
    if settings.get("fsync") == "off" or settings.get("synchronous_commit") == "off":
        return fail(
            "database",
            "PostgreSQL acknowledges before it has written (fsync or synchronous_commit is off): a power cut loses "
            "paid orders. Switch both on in postgresql.conf.",
            "PostgreSQL 在写入前即确认(fsync 或 synchronous_commit 为 off):断电会丢失已付款订单。"
            "请在 postgresql.conf 中启用两者。",
        )
    if int(settings.get("max_connections", "0")) < CONNECTIONS_WANTED:
        return warn(
            "database",
            f"max_connections is {settings.get('max_connections')}; each of our processes takes up to 14. Raise it to "
            "200, or put fewer processes.",
            f"max_connections 为 {settings.get('max_connections')};每个进程最多占用 14 个连接。"
            "请提高到 200 或减少进程数。",
        )
    return ok("database", f"PostgreSQL {version} answers.", f"PostgreSQL {version} 正常。")


def collation(name: str) -> Finding:
    """We compare ids and cursors as bytes; a database that sorts by language pages through lists differently."""
    if name.upper() in ("C", "POSIX", "C.UTF-8", "C.UTF8"):
        return ok("collation", f"Text sorts by {name}.", f"文本按 {name} 排序。")
    return warn(
        "collation",
        f"The database sorts text by {name}; lists are sorted quicker, and the same on every machine, by C. At the "
        "next move create it with LC_COLLATE 'C'.",
        f"数据库按 {name} 排序文本;使用 C 排序更快且各机器一致。下次迁移时请以 LC_COLLATE 'C' 创建。",
    )


def redis(version: str, policy: str, *, has_memory_limit: bool) -> Finding:
    if has_memory_limit and policy != "noeviction":
        return warn(
            "redis",
            f"Redis drops keys when it is full (maxmemory-policy {policy}): limits are forgotten early. Set "
            'maxmemory-policy noeviction; it needs little memory and no persistence (save "", appendonly no).',
            f"Redis 内存满时会丢弃键(maxmemory-policy {policy}):限流会提前失效。请设为 noeviction;"
            '所需内存很少，也无需持久化(save "", appendonly no)。',
        )
    return ok("redis", f"Redis {version} answers; it need not persist anything.", f"Redis {version} 正常;无需持久化。")


def bucket(step: str | None, why: str) -> Finding:
    """`step`: put, get, delete or list, whichever failed first."""
    if step is None:
        return ok("blobs", "The bucket takes, gives and deletes objects.", "存储桶可写入、读取和删除对象。")
    return fail(
        "blobs",
        f"The bucket refuses to {step} objects ({why}). Check SHOPCAST_BLOBS_URL, SHOPCAST_S3_ENDPOINT, the keys, and "
        "that the policy allows PutObject, GetObject, DeleteObject and ListBucket.",
        f"存储桶无法执行 {step}({why})。请检查 SHOPCAST_BLOBS_URL、SHOPCAST_S3_ENDPOINT、密钥，"
        "以及策略是否允许 PutObject、GetObject、DeleteObject 和 ListBucket。",
    )


def public_address(url: str, status: int | None, why: str, *, is_ours: bool) -> Finding:
    if status is None:
        return fail(
            "address",
            f"{url} can't be reached from here ({why}). Check the name's DNS entry, the proxy and the firewall.",
            f"无法从本机访问 {url}({why})。请检查域名解析、代理和防火墙。",
        )
    if not is_ours:
        return fail(
            "address",
            f"{url} answers {status}, and not as Shopcast does: another site, or a proxy that can't find us. Check the "
            "proxy's target, and SHOPCAST_PUBLIC_URL.",
            f"{url} 返回 {status}，但并非 Shopcast:可能是其他站点，或代理未找到本服务。"
            "请检查代理目标和 SHOPCAST_PUBLIC_URL。",
        )
    return ok("address", f"{url} leads here.", f"{url} 可正常访问本商店。")


def certificate(left: timedelta | None, why: str) -> Finding:
    """`left`: until it expires; None when it was refused."""
    if left is None:
        return fail(
            "certificate",
            f"Browsers refuse the certificate: {why}. Get one for this name, e.g. with Caddy or certbot.",
            f"浏览器拒绝该证书:{why}。请为该域名申请证书，例如使用 Caddy 或 certbot。",
        )
    if left < CERTIFICATE_WARN:
        return warn(
            "certificate",
            f"The certificate expires in {left.days} days. Renew it, and see why it was not renewed by itself.",
            f"证书将在 {left.days} 天后过期。请续期，并检查为何未自动续期。",
        )
    return ok("certificate", f"The certificate is good for {left.days} days.", f"证书有效期还有 {left.days} 天。")
