"""The rows about the market and money."""

import json
import os
import random
import re
import shutil
import statistics
import time

from .bazaar import PLENTY, SHOPS, write_products
from .load import Invalid, Load, Outcome, Request
from .rows import Figure, page_row, rate
from .town import SEED, public_id, token


def product_list(bench):
    requests = [
        Request("GET", f"/v1/products?sort={sort}&limit=20", reader)
        for reader in bench.bazaar.readers() for sort in ("trending", "newest")
    ]
    yield page_row(bench, f"product list, 20 items of {bench.bazaar.size.products:,} products", requests, 0.6)


def product_page(bench):
    chosen = random.Random(SEED).choices(bench.bazaar.products, k=512)
    requests = [
        Request("GET", f"/v1/products/{public_id('prd', product)}", reader)
        for product, reader in zip(chosen, bench.bazaar.readers() * 8)
    ]
    yield page_row(bench, "product page (Saleor on such a machine: 35/s)", requests, 0.5)


def order_detail(bench):
    bazaar, chosen = bench.bazaar, random.Random(SEED)
    requests = []
    for buyer in bazaar.buyers[:64]:
        lines = [line for number in range(SHOPS) for line in chosen.sample(bazaar.variants[f"shop{number}"], 4)]
        order = bench.server.send(bazaar.checkout(buyer, lines))
        requests.append(Request("GET", f"/v1/orders/{order['id']}", token(buyer)))
    _, headers, _ = bench.server.request("GET", requests[0].path, requests[0].token)
    statements = int(re.search(r"(\d+) statements", headers["Server-Timing"]).group(1))
    figure = page_row(bench, "order detail, 20 lines from 5 sellers", requests, 0.4)
    figure.ours += f", {statements} statements"
    figure.reach += ", ≤ 4 statements"
    figure.is_reached = figure.is_reached and statements <= 4
    yield figure


def checkout(bench):
    bazaar, chosen = bench.bazaar, random.Random(SEED)
    catalog = bazaar.variants["shop0"][:1_000]

    def buy(lines):
        def run(seconds):
            requests = [
                bazaar.checkout(bazaar.buyers[number % len(bazaar.buyers)], lines())
                for number in range(12_000 * seconds)
            ]
            return Load(bench.server, requests, bench.directory, repeats=False).run(seconds)
        return run

    spread, hot = bench.pace.compare(buy(lambda: chosen.sample(catalog, 3)), buy(lambda: catalog[:1]))
    yield Figure(
        "checkout over HTTP, durable, 3 lines from 1,000 variants", f"{rate(spread)}, p99 {spread.p99_ms:.1f} ms",
        "Saleor on such a machine: 2.7/s", None, "≥ 2,000 orders/s, p99 ≤ 60 ms",
        spread.per_second >= 2_000 and spread.p99_ms <= 60)
    ratio = hot.per_second / spread.per_second
    yield Figure(
        "the same, all for one hot product", f"{rate(hot)}, p99 {hot.p99_ms:.1f} ms", f"{rate(spread)} (spread)", ratio,
        "≥ 0.5 of it", ratio >= 0.5)


def flash_drop(bench):
    bazaar = bench.bazaar
    requests = [bazaar.checkout(account, [bazaar.drop]) for account in bazaar.crowd]
    outcome = Load(bench.server, requests, bench.directory).run_once()
    with bazaar.open_database() as database:
        sold = database.execute(
            "SELECT COALESCE(SUM(quantity), 0) FROM purchase_line WHERE variant_id = ?", (bazaar.drop[0],)).fetchone()[0]
    pieces = bazaar.size.pieces
    yield Figure(
        f"flash drop: {len(requests):,} buyers, {pieces:,} pieces",
        f"{sold:,} sold, {rate(outcome)}, p99 of all answers {outcome.p99_ms:.0f} ms", "", None,
        f"exactly {pieces:,} sold, p99 ≤ 500 ms", sold == pieces and outcome.p99_ms <= 500)


def ledger(bench):
    count = 20_000 if bench.is_quick else 500_000
    # As many as TigerBeetle takes at once, and as many as writes share a commit at most.
    large, small = 8_190, 512

    def ours(*arguments, batch=large):
        options = ["--json", "--count", str(count), "--batch", str(batch), *arguments]

        def run(_):
            done = json.loads(bench.plaza.run("bench", "ledger", *options))
            return Outcome(done["transfers_per_second"], 0, 0)
        return run

    def alone(seconds):
        scratch = os.path.join(bench.directory, "transfers.sqlite")
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(scratch + suffix):
                os.remove(scratch + suffix)
        return Outcome(bench.alone("transfers", scratch, 3_000 * seconds), 0, 0)

    reference, spread = bench.pace.compare(alone, ours())
    hot = ours("--hot")(0)
    yield Figure(
        f"ledger batches of {large:,} on disk, fsynced, spread over 10,000 accounts",
        f"{spread.per_second:,.0f} transfers/s",
        f"{rate(reference)} (one a transaction, through GRDB)", spread.per_second / reference.per_second,
        "≥ 50,000 transfers/s", spread.per_second >= 50_000)
    few = ours(batch=small)(0)
    yield Figure(
        f"the same in batches of {small}", f"{few.per_second:,.0f} transfers/s", "", few.per_second / reference.per_second)
    ratio = hot.per_second / spread.per_second
    yield Figure(
        "the same, with one hot account", f"{hot.per_second:,.0f} transfers/s",
        f"{spread.per_second:,.0f}/s (spread)", ratio, "≥ 0.7 of it", ratio >= 0.7)


def products_import(bench):
    rows = 10_000 if bench.is_quick else 1_000_000
    directory = os.path.join(bench.directory, "importer")
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(bench.bazaar.empty, directory)
    path = os.path.join(bench.directory, "products.csv")
    write_products(path, rows // 2, PLENTY, random.Random(SEED))
    seconds, samples = bench.plaza.watch("import", "products", path, "--shop", "shop0", "--data-dir", directory)
    shutil.rmtree(directory)
    os.remove(path)
    early, late = max(samples[: max(1, len(samples) // 5)]), max(samples)
    figure = rows / seconds
    yield Figure(
        f"Shopify CSV import of {rows:,} rows",
        f"{figure:,.0f} rows/s; {early:.0f} MiB after a fifth, {late:.0f} MiB at most", "", None,
        "≥ 20,000 rows/s, flat memory", figure >= 20_000 and late <= early * 1.25)


def verify(bench):
    """Of orders that went through checkout, with what the rows before have written, and transfers beside them."""
    orders, transfers = (1_000, 10_000) if bench.is_quick else (100_000, 1_000_000)
    bazaar = bench.bazaar
    order_until(bench, orders)
    missing = transfers - bazaar.count("transfer")
    if missing > 0:
        bench.plaza.run("bench", "ledger", "--data-dir", bazaar.directory, "--count", str(missing))
    seconds = []
    for _ in range(bench.pace.rounds):
        report = json.loads(bench.plaza.run("verify", "--json", "--data-dir", bazaar.directory))
        skipped = [check["name"] for check in report["checks"] if check["state"] != "ok"]
        if skipped:
            raise Invalid(f"not checked: {', '.join(skipped)}")
        seconds.append(report["seconds"])
    median = statistics.median(seconds)
    yield Figure(
        f"verify of {bazaar.count('transfer'):,} transfers and {bazaar.count('purchase'):,} orders", f"{median:.1f} s", "",
        None, "≤ 5 s for 1,000,000 and 100,000", median <= 5)


def order_until(bench, count):
    """Orders of three lines, until there are so many and those who follow the events have seen them."""
    bazaar, chosen = bench.bazaar, random.Random(SEED)
    requests = [
        bazaar.checkout(bazaar.buyers[number % len(bazaar.buyers)], chosen.sample(bazaar.variants["shop0"], 3))
        for number in range(count - bazaar.count("purchase"))
    ]
    with bench.plaza.serve(bazaar.directory) as server:
        if requests:
            Load(server, requests, bench.directory).run_once()
        while bazaar.count("event_cursor", "position < (SELECT MAX(position) FROM event)"):
            time.sleep(0.1)


# In order: the drop and the check of the books come last.
ON_BAZAAR = [product_list, product_page, order_detail, checkout, flash_drop]
BESIDE = [ledger, products_import, verify]
