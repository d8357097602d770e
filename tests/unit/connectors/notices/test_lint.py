"""Faults planted in good templates: each is found, where it stands, and none is found in the good ones."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.notices.lint import lint
from connectors.notices.lint_sms import measure
from connectors.notices.prices import Prices
from connectors.notices.template import SmsTemplate
from connectors.notices.templates import Templates
from schemas.canonical.deadline_events_v1 import DeadlineAtRisk
from schemas.canonical.dossier_happened_v1 import DossierHappened

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "config/templates"
FIELDS = {
    field.alias or name for event in (DossierHappened, DeadlineAtRisk) for name, field in event.model_fields.items()
}
PRICES = Prices({"default": "850", "viettel": "900"})
HAPPENINGS = (
    *("submitted", "accepted", "supplement-requested", "supplement-received", "rejected", "withdrawn"),
    *("reappointed", "completed", "returned", "corrected"),
)


def good(channel: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / channel / "vi/dossier-reappointed.yaml").read_text())
    return found


def write(folder: Path, channel: str, content: object, name: str = "x") -> None:
    (folder / channel / "vi").mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / channel / "vi" / f"{name}.yaml").write_text(text)


def test_the_shipped_templates_have_no_fault_and_cover_every_happening_on_every_channel() -> None:
    templates = Templates(FOLDER)
    assert lint(templates, PRICES, FIELDS) == []
    names = {(file.channel, file.name) for file in templates.files()}
    assert names >= {(channel, f"dossier-{one}") for channel in ("zalo", "sms", "email") for one in HAPPENINGS}


def parameters(count: int) -> dict[str, Any]:
    return {f"p_{n}": {"kind": "date", "field": "at"} for n in range(count)}


def many(count: int) -> str:
    return " ".join(f"<p_{n}>" for n in range(count))


Plant = Callable[[dict[str, Any]], Any]


def put(*path: Any) -> Plant:
    """Plants the last of `path` at the rest of it."""

    def plant(template: dict[str, Any]) -> None:
        at: Any = template
        for key in path[:-2]:
            at = at[key]
        at[path[-2]] = path[-1]

    return plant


def change(**values: Any) -> Plant:
    return lambda template: template.update(copy.deepcopy(values))


def camel(template: dict[str, Any]) -> None:
    template["title"] = "Hồ sơ <maHoSo> hẹn lại"
    template["parameters"]["maHoSo"] = template["parameters"]["ma_ho_so"]


ZALO: list[tuple[str, str, Plant]] = [
    ("NT20", "title", change(title="Hồ sơ")),
    ("NT20", "title", change(title=f"Hồ sơ <ma_ho_so> {'của ông/bà ' * 5}")),
    ("NT21", "title", change(title=f"Hẹn lại {many(5)}", parameters=parameters(5))),
    ("NT22", "paragraphs", change(paragraphs=[])),
    ("NT22", "paragraphs", change(paragraphs=["Đoạn văn đủ dài"] * 5)),
    ("NT23", "paragraphs.0", put("paragraphs", 0, "Đã xong")),
    ("NT23", "paragraphs.0", put("paragraphs", 0, "đã giải quyết " * 30)),
    ("NT24", "parameters", change(paragraphs=[f"Các ngày hẹn {many(11)}"], parameters=parameters(11))),
    ("NT25", "table", change(table=[{"name": "Mã hồ sơ", "value": "<ma_ho_so>"}])),
    ("NT25", "table", change(table=[{"name": "Mã hồ sơ", "value": "<ma_ho_so>"}] * 9)),
    ("NT26", "table.0.name", put("table", 0, "name", "Mã")),
    ("NT26", "table.0.name", put("table", 0, "name", "Mã số của hồ sơ mà ông/bà đã nộp tại đây")),
    ("NT27", "table.0.value", put("table", 0, "value", "có")),
    ("NT27", "table.1.value", put("parameters", "thu_tuc", {"kind": "service", "field": "procedure_name"})),
    ("NT28", "table.0.value", put("table", 0, "value", "<ma_ho_so> <ngay_hen>")),
    ("NT28", "table.0.name", put("table", 0, "name", "Ngày <ngay_hen>")),
    ("NT29", "buttons", lambda template: template["buttons"].extend(template["buttons"] * 2)),
    ("NT30", "buttons.0.label", put("buttons", 0, "label", "Xem")),
    ("NT30", "buttons.0.label", put("buttons", 0, "label", "Tra cứu hồ sơ trên cổng dịch vụ công")),
    ("NT31", "paragraphs.0", put("paragraphs", 0, "Xem tại https://dichvucong.gov.vn để biết")),
    ("NT31", "paragraphs.0", put("paragraphs", 0, "Xem tại dichvucong.gialai.gov.vn để biết")),
    ("NT31", "table.0.value", put("table", 0, "value", "www.gialai.gov.vn")),
    ("NT32", "buttons.0.url", put("buttons", 0, "url", "http://dichvucong.gov.vn")),
    ("NT32", "buttons.0.url", put("buttons", 0, "url", "dichvucong.gov.vn")),
    ("NT33", "paragraphs.0", put("paragraphs", 0, "Ông/bà đã nhận sms về hồ sơ này")),
    ("NT33", "paragraphs.0", put("paragraphs", 0, "Kính gửi anh/chị, hồ sơ đã xong")),
    ("NT34", "paragraphs.0", put("paragraphs", 0, "Hồ sơ của ông/bà đã có kết quả ✅")),
    ("NT34", "title", change(title="Hồ sơ đã có kết quả 🎉")),
    ("NT35", "paragraphs.0", put("paragraphs", 0, "Kính mời ông/bà đến UBND xã nhận kết quả")),
    ("NT35", "paragraphs.0", put("paragraphs", 0, "Kính mời ông/bà đến TP. Pleiku nhận kết quả")),
    ("NT35", "paragraphs.0", put("paragraphs", 0, "Kính mời ông/bà mang theo cccd để nhận")),
    ("NT36", "paragraphs.0", put("paragraphs", 0, "Ho so cua ong ba da co ket qua")),
    ("NT36", "paragraphs.0", put("paragraphs", 0, "Hồ sơ của ông/bà: your application is ready")),
    ("NT37", "tag", change(tag=3)),
    ("NT01", "title", change(title="Hồ sơ <ma_so> được hẹn lại")),
    ("NT02", "parameters.thua", put("parameters", "thua", {"kind": "date", "field": "at"})),
    ("NT03", "parameters.maHoSo", camel),
    ("NT04", "parameters.nguoi_nop.limit", put("parameters", "nguoi_nop", "limit", 31)),
    ("NT05", "paragraphs.0", put("paragraphs", 0, "Hồ sơ #MaHoSo đã được hẹn lại")),
    ("NT05", "paragraphs.0", put("paragraphs", 0, "Hồ sơ {{ma_ho_so}} đã được hẹn lại")),
    ("NT05", "paragraphs.0", put("paragraphs", 0, "Hồ sơ <ma_ho_so đã được hẹn lại")),
    ("NT06", "parameters.nguoi_nop.otherwise", put("parameters", "nguoi_nop", "otherwise", "Quý công dân " * 3)),
    ("NT07", "title", change(title="Hồ sơ <ma_ho_so> được\u200b hẹn lại")),
    ("NT08", "parameters.nguoi_nop.field", put("parameters", "nguoi_nop", "field", "applicant_name")),
]

SMS: list[tuple[str, str, Plant]] = [
    ("NT50", "text", change(text="Hồ sơ <ma_ho_so>: <noi_nhan> hẹn <ngay_hen>")),
    ("NT50", "text", change(text="Ho so <ma_ho_so> – <noi_nhan> hen <ngay_hen>")),
    ("NT51", "text", change(text="Ho so <ma_ho_so> <noi_nhan> da xong ✅ <ngay_hen>")),
    ("NT52", "brandname", change(brandname="UBND TINH GIA LAI")),
    ("NT52", "brandname", change(brandname="UBNĐ")),
    ("NT52", "brandname", change(brandname="0269123")),
    ("NT53", "text", change(text=f"Ho so <ma_ho_so> <noi_nhan> <ngay_hen> {'hen lai ' * 30}")),
    ("NT53", "text", change(max_parts=1, text=f"Ho so <ma_ho_so> <noi_nhan> <ngay_hen> {'hen lai ' * 10}")),
    ("NT54", "text", change(text="Ho so <ma_ho_so> <noi_nhan> <ngay_hen> xem gialai.gov.vn")),
    ("NT05", "text", change(text="Ho so #MaHoSo <ma_ho_so> <noi_nhan> <ngay_hen>")),
    ("NT01", "text", change(text="Ho so <ma_ho_so> <noi_nhan> <ngay_hen> <ten>")),
]

EMAIL: list[tuple[str, str, Plant]] = [
    ("NT80", "subject", change(subject="Hồ sơ <ma_ho_so> " + "đã được hẹn lại " * 5)),
    ("NT36", "subject", change(subject="Ho so cua ong ba <ma_ho_so>")),
]

PLANTED = [
    (channel, *plant) for channel, plants in (("zalo", ZALO), ("sms", SMS), ("email", EMAIL)) for plant in plants
]


@pytest.mark.parametrize(("channel", "code", "key", "plant"), PLANTED)
def test_a_planted_fault_is_found_where_it_stands(
    tmp_path: Path, channel: str, code: str, key: str, plant: Plant
) -> None:
    template = good(channel)
    plant(template)
    write(tmp_path, channel, template)
    found = [finding for finding in lint(Templates(tmp_path), PRICES, FIELDS) if finding.code == code]
    assert [finding.what for finding in found if finding.what.startswith(f"`{key}`: ")], found
    lines = (tmp_path / channel / "vi/x.yaml").read_text().splitlines()
    last = str(key.rpartition(".")[2])
    for finding in found:
        assert finding.file == f"config/templates/{channel}/vi/x.yaml"
        assert finding.advice
        if not last.isdigit():
            assert any(last in line for line in lines[max(finding.line - 2, 0) : finding.line]), finding


@pytest.mark.parametrize("channel", ["zalo", "sms", "email"])
def test_what_a_file_lacks_or_does_not_know_is_found_without_a_traceback(tmp_path: Path, channel: str) -> None:
    write(tmp_path, channel, {**good(channel), "titl": "x"}, "unknown")
    write(tmp_path, channel, {}, "empty")
    write(tmp_path, channel, "text: [", "broken")
    write(tmp_path, channel, "- a\n", "list")
    write(tmp_path, channel, "", "nothing")
    write(tmp_path, channel, "text: a\ntext: b\n", "double")
    files = {finding.file.rpartition("/")[2] for finding in lint(Templates(tmp_path))}
    assert files >= {"unknown.yaml", "empty.yaml", "broken.yaml", "list.yaml", "double.yaml", "nothing.yaml"}
    assert all(Templates(tmp_path).get(channel, name) is None for name in ("unknown", "empty", "broken", "list"))


def test_a_file_that_no_channel_has_and_a_template_number_used_twice_are_found(tmp_path: Path) -> None:
    write(tmp_path, "zalo", good("zalo"), "one")
    write(tmp_path, "zalo", good("zalo"), "two")
    write(tmp_path, "viber", good("sms"))
    (tmp_path / "zalo" / "three.yaml").write_text("")
    codes = {(finding.code, finding.file.rpartition("templates/")[2]) for finding in lint(Templates(tmp_path))}
    assert codes == {("NT38", "zalo/vi/two.yaml"), ("NT00", "viber/vi/x.yaml"), ("NT00", "zalo/three.yaml")}


def test_an_sms_is_measured_with_its_longest_parameters_and_priced_by_carrier() -> None:
    template = SmsTemplate.model_validate({**good("sms"), "text": "x" * 131 + "<ma_ho_so>"})
    found = measure(template, PRICES)
    assert (found.parts.parts, found.parts.units) == (2, 161)
    assert found.costs == {"default": 1700, "viettel": 1800}
