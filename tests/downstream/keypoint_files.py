"""Small files in the form of each program, of recordings that are known."""

import json

import numpy as np
import pandas as pd

from downstream.recordings.formats.keypoint_skeletons import KEYPOINTS, SKELETONS


def in_skeleton(points, name):
    """``points (F, 17 or 23, C)`` in the order of a skeleton, zero where ours lack a joint."""
    place = {joint: index for index, joint in enumerate(KEYPOINTS[: points.shape[1]])}
    theirs = np.zeros((len(points), len(SKELETONS[name]), points.shape[2]))
    for column, joint in enumerate(SKELETONS[name]):
        if joint in place:
            theirs[:, column] = points[:, place[joint]]
    return theirs


def flat(person):
    return np.asarray(person).ravel().tolist()


def openpose_folder(folder, people, skeleton="body25"):
    """``people``: for each frame a list of (17, 3)."""
    folder.mkdir()
    for number, frame in enumerate(people):
        found = [
            {"person_id": [-1], "pose_keypoints_2d": flat(in_skeleton(one[None], skeleton)), "face_keypoints_2d": []}
            for one in frame
        ]
        (folder / f"walk_{number:012d}_keypoints.json").write_text(json.dumps({"version": 1.3, "people": found}))
    return folder


def alphapose_file(path, people, skeleton="halpe26", tracks=None):
    rows = [
        {
            "image_id": f"{number}.jpg",
            "category_id": 1,
            "keypoints": flat(in_skeleton(one[None], skeleton)),
            "score": 2.9,
            **({"idx": tracks[which]} if tracks else {}),
        }
        for number, frame in enumerate(people)
        for which, one in enumerate(frame)
    ]
    path.write_text(json.dumps(rows))
    return path


def coco_results(path, people):
    rows = [
        {"image_id": 1000 + number, "category_id": 1, "keypoints": flat(one), "score": 0.9}
        for number, frame in enumerate(people)
        for one in frame
    ]
    path.write_text(json.dumps(rows))
    return path


def coco_annotations(path, people, image_size):
    """As `gaitforge export-labels --format coco` writes them: ids that count nothing, flags 0 to 2 instead of scores."""
    ids = [(number * 7919 + 13) * 10**9 for number in range(len(people))]
    images = [
        {"id": one, "file_name": f"s00000/w00/side/{number:05d}.jpg", "width": image_size[0], "height": image_size[1]}
        for number, one in enumerate(ids)
    ]
    flagged = [
        {"id": one, "image_id": one, "keypoints": flat(np.column_stack([person[:, :2], np.full(len(person), 2)]))}
        for one, frame in zip(ids, people, strict=True)
        for person in frame
    ]
    category = {"id": 1, "name": "person", "keypoints": list(SKELETONS["coco17"])}
    path.write_text(json.dumps({"images": images, "annotations": flagged[::-1], "categories": [category]}))
    return path


def mmpose_file(path, people, skeleton="coco133", names=True):
    def instance(one):
        theirs = in_skeleton(one[None], skeleton)[0]
        return {"keypoints": theirs[:, :-1].tolist(), "keypoint_scores": theirs[:, -1].tolist(), "bbox_score": 0.9}

    frames = [
        {"frame_id": number + 1, "instances": [instance(one) for one in frame]} for number, frame in enumerate(people)
    ]
    meta = {"keypoint_id2name": {str(k): name for k, name in enumerate(SKELETONS[skeleton])}} if names else {}
    path.write_text(json.dumps({"meta_info": meta, "instance_info": frames}))
    return path


def mediapipe_wide(path, points, image_size, fps):
    """Landmarks by name, shares of the picture, a column of time."""
    table = {"timestamp_ms": 1000 * np.arange(len(points)) / fps}
    theirs = in_skeleton(points, "mediapipe33")
    for column, name in enumerate(SKELETONS["mediapipe33"]):
        label = {"left_big_toe": "LEFT_FOOT_INDEX", "right_big_toe": "RIGHT_FOOT_INDEX"}.get(name, name.upper())
        table[f"{label}_x"] = theirs[:, column, 0] / image_size[0]
        table[f"{label}_y"] = theirs[:, column, 1] / image_size[1]
        table[f"{label}_z"] = np.sin(np.arange(len(points))) * 0.2
        table[f"{label}_visibility"] = theirs[:, column, 2]
    pd.DataFrame(table).to_csv(path, index=False)
    return path


def mediapipe_long(path, points, image_size):
    """A row for each landmark, by number."""
    theirs = in_skeleton(points, "mediapipe33")
    rows = [
        (frame, joint, *(theirs[frame, joint, :2] / image_size), 0.0, theirs[frame, joint, 2])
        for frame in range(len(points))
        for joint in range(33)
    ]
    pd.DataFrame(rows, columns=["frame", "landmark_id", "x", "y", "z", "visibility"]).to_csv(path, index=False)
    return path


def deeplabcut_file(path, people):
    """``people``: name to (F, 17, 3); a single one called None has no row of individuals."""
    parts = [(who, joint, axis) for who in people for joint in KEYPOINTS[:17] for axis in range(3)]
    heads = [["scorer", *["DLC_resnet50"] * len(parts)]]
    if None not in people:
        heads.append(["individuals", *[who for who, _, _ in parts]])
    heads.append(["bodyparts", *[joint for _, joint, _ in parts]])
    heads.append(["coords", *[("x", "y", "likelihood")[axis] for *_, axis in parts]])
    frames = len(next(iter(people.values())))
    rows = [
        [frame, *[people[who][frame, KEYPOINTS.index(joint), axis] for who, joint, axis in parts]]
        for frame in range(frames)
    ]
    path.write_text("\n".join(",".join(map(str, row)) for row in [*heads, *rows]) + "\n")
    return path


def trc_file(path, places, fps, names=KEYPOINTS[:17]):
    """``places (F, J, 3)`` under Sports2D's names, such as LAnkle; its unit is always called m."""
    short = [
        "".join([*(word[0].upper() for word in name.split("_")[:-1]), name.split("_")[-1].title()]) for name in names
    ]
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{fps}\t{fps}\t{len(places)}\t{len(names)}\tm\t{fps}\t0\t{len(places)}",
        "Frame#\tTime\t" + "\t\t\t".join(short) + "\t\t\t",
        "\t\t" + "\t".join(f"{axis}{k + 1}" for k in range(len(names)) for axis in "XYZ") + "\t",
    ]
    lines += ["\t".join(map(str, [k, k / fps, *frame.ravel()])) for k, frame in enumerate(places)]
    path.write_text("\n".join(lines) + "\n")
    return path
