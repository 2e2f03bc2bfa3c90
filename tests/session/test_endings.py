"""What to do about a crash, in words."""

from __future__ import annotations

import pytest

from codetour.session.endings import crash, mend, with_local_help


def helped(tmp_path, kind, text):
    return with_local_help(crash(kind, text, "train.py:1"), tmp_path, tmp_path).mend


def test_a_module_of_the_repository_is_put_on_the_path(tmp_path):
    for file in ("common/envs_like.py", "src/deep/nets/__init__.py", "src/deep/nets/block.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("")
    assert helped(tmp_path, "ModuleNotFoundError", "No module named 'envs_like'").endswith(
        f"PYTHONPATH={tmp_path}/common"
    )
    nets = helped(tmp_path, "ModuleNotFoundError", "No module named 'nets.block'")
    assert nets == f"the repository has it in src/deep: --set PYTHONPATH={tmp_path}/src/deep"
    assert "install" in helped(tmp_path, "ModuleNotFoundError", "No module named 'elsewhere'")


@pytest.mark.parametrize(
    "text", ["[Errno 2] No such file or directory: './data/x.bin'", "./data/x.bin not found"]
)
def test_the_script_that_makes_a_missing_file_is_named(tmp_path, text):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "prepare.py").write_text("open('x.bin', 'wb').write(b'')\n")
    assert "python data/prepare.py" in helped(tmp_path, "FileNotFoundError", text)
    (tmp_path / "data" / "prepare.py").unlink()
    assert "`./data/x.bin`" in helped(tmp_path, "FileNotFoundError", text)


def test_what_is_not_known_gets_no_advice():
    assert mend("ZeroDivisionError: division by zero") == ""
