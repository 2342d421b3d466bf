"""The data that rows about the market and money are measured on: shops with 20,000 products and people with money.

Nothing here is kept between runs: orders use up stock and wallets.
"""

import csv
import itertools
import json
import os
import random
import shutil
import sqlite3

from .load import Load, Request
from .town import SEED, open_sessions, public_id, token

ADDRESS = {"name": "Ann", "street": "Kiln Lane 1", "city": "Delft", "country": "NL"}
SHOPS = 5
# What nobody in a run comes near.
PLENTY = 100_000_000


class Size:
    def __init__(self, products, buyers, crowd, pieces):
        self.products = products
        # Who have money and buy again and again.
        self.buyers = buyers
        # Who come for the flash drop, once each.
        self.crowd = crowd
        self.pieces = pieces


FULL = Size(products=20_000, buyers=2_000, crowd=20_000, pieces=1_000)
QUICK = Size(products=1_500, buyers=200, crowd=1_000, pieces=100)


class Bazaar:
    def __init__(self, plaza, directory, size, say):
        self.directory = os.path.join(directory, "bazaar")
        self.size = size
        self._plaza = plaza
        self._scratch = directory
        self._random = random.Random(SEED)
        self._keys = itertools.count()
        say("building the bazaar")
        shutil.rmtree(self.directory, ignore_errors=True)
        self._people()
        self._open_shops()
        self._stock_shops()

    # Building

    def _people(self):
        count = SHOPS + self.size.buyers + self.size.crowd
        path = os.path.join(self._scratch, "ring.csv")
        with open(path, "w") as file:
            file.write("follower,followee\n")
            file.writelines(f"{number},{(number + 1) % count}\n" for number in range(count))
        self._plaza.run("import", "follows", path, "--data-dir", self.directory)
        with self.open_database() as database:
            accounts = [row[0] for row in database.execute("SELECT account_id FROM person ORDER BY account_id")]
        open_sessions(self.database, accounts)
        self.owners, rest = accounts[:SHOPS], accounts[SHOPS:]
        self.buyers, self.crowd = rest[: self.size.buyers], rest[self.size.buyers:]
        # Somebody must be able to hand out money.
        with self.open_database("rw") as database:
            database.execute("UPDATE account SET role = 2 WHERE id = ?", (self.owners[0],))

    def _open_shops(self):
        with self._plaza.serve(self.directory) as server:
            for number, owner in enumerate(self.owners):
                server.json(
                    "POST", "/v1/shops", token(owner),
                    {"handle": f"shop{number}", "name": f"Shop {number}", "currency": "EUR"})
            requests = [
                self.named("POST", "/v1/admin/ledger/adjustments", self.owners[0], {
                    "owner": public_id("acc", account), "direction": "credit",
                    "amount": {"amount": PLENTY * 100, "currency": "EUR"}, "reason": "To spend in a benchmark",
                }) for account in self.buyers + self.crowd
            ]
            Load(server, requests, self._scratch).run_once()
        self.empty = self.directory + "-empty"
        shutil.rmtree(self.empty, ignore_errors=True)
        shutil.copytree(self.directory, self.empty)

    def _stock_shops(self):
        for number in range(SHOPS):
            count = self.size.products - 200 * (SHOPS - 1) if number == 0 else 200
            path = os.path.join(self._scratch, f"shop{number}.csv")
            write_products(path, count, PLENTY, self._random)
            self._plaza.run(
                "import", "products", path, "--shop", f"shop{number}", "--json", "--data-dir", self.directory)
        path = os.path.join(self._scratch, "drop.csv")
        write_products(path, 1, self.size.pieces, self._random, handle="drop")
        self._plaza.run("import", "products", path, "--shop", "shop0", "--json", "--data-dir", self.directory)
        with self.open_database() as database:
            rows = database.execute(
                "SELECT variant.id, variant.price, product.id, shop.handle, product.handle FROM variant"
                " JOIN product ON product.id = product_id JOIN shop ON shop.id = shop_id ORDER BY variant.id").fetchall()
        self.drop = next(row[:2] for row in rows if row[4] == "drop-0")
        self.drop_product = next(row[2] for row in rows if row[4] == "drop-0")
        self.products = sorted({row[2] for row in rows if row[4] != "drop-0"})
        self.variants = {
            f"shop{number}": [row[:2] for row in rows if row[3] == f"shop{number}" and row[4] != "drop-0"]
            for number in range(SHOPS)
        }

    # Using

    @property
    def database(self):
        return os.path.join(self.directory, "plaza.sqlite")

    def open_database(self, mode="ro"):
        return sqlite3.connect(f"file:{self.database}?mode={mode}", uri=True, timeout=30)

    def count(self, table, condition="TRUE"):
        with self.open_database() as database:
            return database.execute(f"SELECT COUNT(*) FROM {table} WHERE {condition}").fetchone()[0]

    def readers(self, count=64):
        return [token(account) for account in self.buyers[:count]]

    def named(self, method, path, account, body):
        """A request with an idempotency key of its own."""
        return Request(
            method, path, token(account), json.dumps(body, separators=(",", ":")), f"benchmark-{next(self._keys)}")

    def checkout(self, account, variants):
        lines = [
            {
                "variant": public_id("var", variant), "quantity": 1,
                "price": {"amount": price, "currency": "EUR"},
            } for variant, price in variants
        ]
        return self.named(
            "POST", "/v1/checkout", account, {"lines": lines, "address": ADDRESS, "payment": "wallet"})


def write_products(path, count, quantity, chosen, handle="thing"):
    """Products of two variants each, as Shopify would export them."""
    sizes = ["S", "L"] if handle == "thing" else ["One"]
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([
            "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
            "Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty",
            "Variant Inventory Policy", "Variant Price", "Image Src", "Status",
        ])
        for number in range(count):
            for position, size in enumerate(sizes):
                first = position == 0
                writer.writerow([
                    f"{handle}-{number}", f"{handle.capitalize()} {number}" if first else "",
                    "<p>Made by hand, one by one.</p>" if first else "",
                    f"Maker {number % 50}" if first else "", f"Kind {number % 20}" if first else "",
                    "clay, blue" if first else "", "TRUE" if first else "", "Size" if first else "", size,
                    f"{handle}-{number}-{size}", 300, "shopify", quantity, "deny",
                    f"{chosen.randint(5, 90)}.{chosen.randint(0, 99):02}",
                    f"https://cdn.example/{number}.jpg" if first else "", "active" if first else "",
                ])
