"""The training loop that the three models share: optimizers, learning rate, checkpoints that resume, loss log.

Matrices inside the blocks are trained with Muon (Jordan 2024), everything else with AdamW.
"""
import argparse
import csv
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn


@dataclass
class Plan:
    """How long and how fast; `decay` is the last share of the steps, where the rate falls to zero."""
    steps: int
    rate: float
    warmup: int = 100
    decay: float = 0.4
    log_every: int = 250
    save_every: int = 250


@dataclass
class State:
    step: int = 0
    seconds: float = 0.0
    log: list[dict] = field(default_factory=list)


def arguments(description: str, steps: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--corpora", type=Path, required=True, help="folder with tinystories/, fairytales/, tatoeba/ ...")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints, outside the repository")
    parser.add_argument("--out", type=Path, required=True, help="folder of the exported model")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--compile", action="store_true", help="fuse operations with torch.compile (needs a C++ compiler)")
    parser.add_argument("--export-only", action="store_true", help="export the last checkpoint without training")
    return parser.parse_args()


def prepare(options: argparse.Namespace) -> torch.device:
    options.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def optimizers(model: nn.Module, rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the blocks (`.layer.`, `.layers.`, `.h.`), AdamW for embeddings, norms and biases."""
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    in_block = {name for name, p in named if p.ndim == 2 and any(part in name for part in (".layer.", ".layers.", ".h."))}
    matrices = [p for name, p in named if name in in_block]
    rest = [p for name, p in named if name not in in_block]
    return [torch.optim.Muon(matrices, lr=rate, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.0)]


def rate_at(step: int, plan: Plan) -> float:
    left = (plan.steps - step) / max(1, plan.decay * plan.steps)
    return plan.rate * min(1.0, (step + 1) / plan.warmup, max(0.0, left))


def train(model: nn.Module, loss_of: Callable[[int], Tensor], measure: Callable[[], dict[str, float]], plan: Plan,
          work: Path, seed: int) -> State:
    """`loss_of(step)` makes a batch and returns its loss; `measure` returns what the log keeps beside the loss."""
    adjusters = optimizers(model, plan.rate)
    state = resume(model, adjusters, work)
    losses, since = [], time.time()
    while state.step < plan.steps:
        random.seed(seed * 1_000_003 + state.step)
        torch.manual_seed(seed * 1_000_003 + state.step)
        losses.append(one_step(model, adjusters, loss_of, rate_at(state.step, plan), state.step))
        state.step += 1
        if state.step % plan.log_every == 0 or state.step == plan.steps:
            state.seconds += time.time() - since
            since = time.time()
            row = {"step": state.step, "minutes": round(state.seconds / 60, 2), "loss": round(sum(losses) / len(losses), 4)}
            state.log.append({**row, **evaluate(model, measure)})
            print(state.log[-1], flush=True)
            losses = []
        if state.step % plan.save_every == 0 or state.step == plan.steps:
            save(model, adjusters, state, work)
    return state


def one_step(model: nn.Module, adjusters: list, loss_of: Callable[[int], Tensor], rate: float, step: int) -> float:
    for adjuster in adjusters:
        for group in adjuster.param_groups:
            group["lr"] = rate
        adjuster.zero_grad(set_to_none=True)
    loss = loss_of(step)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for adjuster in adjusters:
        adjuster.step()
    return loss.item()


def evaluate(model: nn.Module, measure: Callable[[], dict[str, float]]) -> dict[str, float]:
    model.eval()
    with torch.no_grad():
        found = {name: round(value, 4) for name, value in measure().items()}
    model.train()
    return found


def save(model: nn.Module, adjusters: list, state: State, work: Path) -> None:
    """Writes to a second file first, so that an interrupted run never leaves half a checkpoint."""
    content = {"model": model.state_dict(), "adjusters": [a.state_dict() for a in adjusters], "state": vars(state)}
    torch.save(content, work / "checkpoint.new")
    os.replace(work / "checkpoint.new", work / "checkpoint.pt")


def resume(model: nn.Module, adjusters: list, work: Path) -> State:
    path = work / "checkpoint.pt"
    if not path.exists():
        return State()
    content = torch.load(path, map_location="cpu")
    model.load_state_dict(content["model"])
    for adjuster, saved in zip(adjusters, content["adjusters"]):
        adjuster.load_state_dict(saved)
    return State(**content["state"])


def write_log(state: State, path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(state.log[-1]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(state.log)
