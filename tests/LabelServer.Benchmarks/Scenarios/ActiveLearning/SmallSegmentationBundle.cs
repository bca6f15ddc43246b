using System.Globalization;

namespace LabelServer.Benchmarks.Scenarios.ActiveLearning;

/// <summary>A bundle without weights around a SegResNet that one core trains in seconds: 2 mm, a window of 40 × 56 × 40 mm, which holds most of the crops whole, dropout in training.</summary>
internal static class SmallSegmentationBundle
{
    /// <summary>The bundle's name, and so the model's id.</summary>
    public const string Name = "hippocampus";

    private const string Metadata = """
        {
          "version": "0.1.0", "name": "Hippocampus", "description": "A small network for measurements of active learning", "intended_use": "Measurements only",
          "network_data_format": {
            "inputs": { "image": { "type": "image", "num_channels": 1, "spatial_shape": [20, 28, 20] } },
            "outputs": { "pred": { "type": "image", "num_channels": 3, "channel_def": { "0": "background", "1": "anterior", "2": "posterior" } } }
          }
        }
        """;

    private const string Network = """
        { "_target_": "SegResNet", "spatial_dims": 3, "in_channels": 1, "out_channels": 3, "init_filters": FILTERS, "blocks_down": [1, 1, 1], "blocks_up": [1, 1], "dropout_prob": 0.2 }
        """;

    private const string Inference = """
        {
          "displayable_configs": {},
          "bundle_root": ".",
          "network_def": NETWORK,
          "network": "$@network_def.to('cpu')",
          "preprocessing": { "_target_": "Compose", "transforms": [
            { "_target_": "LoadImaged", "keys": "image" },
            { "_target_": "EnsureChannelFirstd", "keys": "image" },
            { "_target_": "Orientationd", "keys": "image", "axcodes": "RAS" },
            { "_target_": "Spacingd", "keys": "image", "pixdim": [2.0, 2.0, 2.0], "mode": "bilinear" },
            { "_target_": "NormalizeIntensityd", "keys": "image", "nonzero": true } ] },
          "inferer": { "_target_": "SlidingWindowInferer", "roi_size": [20, 28, 20], "sw_batch_size": 1, "overlap": 0.25, "padding_mode": "constant", "mode": "constant" },
          "postprocessing": { "_target_": "Compose", "transforms": [
            { "_target_": "Activationsd", "keys": "pred", "softmax": true },
            { "_target_": "AsDiscreted", "keys": "pred", "argmax": true },
            { "_target_": "Invertd", "keys": "pred", "transform": "@preprocessing", "orig_keys": "image", "nearest_interp": true, "to_tensor": true },
            { "_target_": "SaveImaged", "keys": "pred", "output_dir": "eval" } ] },
          "checkpointloader": { "_target_": "CheckpointLoader", "load_path": "$@bundle_root + '/models/model.pt'", "load_dict": { "model": "@network" } }
        }
        """;

    // The recipe of models/hippocampus_mr_segmentation with less of everything. Mirrored left to right only: front and back are what tells the two structures apart.
    private const string Train = """
        {
          "displayable_configs": { "learning_rate": 0.003 },
          "max_epochs": 4,
          "network_def": NETWORK,
          "network": "$@network_def.to('cpu')",
          "loss": { "_target_": "DiceCELoss", "to_onehot_y": true, "softmax": true },
          "optimizer": { "_target_": "torch.optim.AdamW", "params": "$@network.parameters()", "lr": "@displayable_configs#learning_rate", "weight_decay": 0.0001 },
          "lr_scheduler": { "_target_": "monai.optimizers.WarmupCosineSchedule", "optimizer": "@optimizer", "warmup_steps": WARMUP, "t_total": STEPS, "warmup_multiplier": 0.1 },
          "trainer_options": { "weight_average": 0.99, "gradient_clip_norm": 12.0 },
          "train": {
            "deterministic_transforms": [
              { "_target_": "LoadImaged", "keys": ["image", "label"] },
              { "_target_": "EnsureChannelFirstd", "keys": ["image", "label"] },
              { "_target_": "Orientationd", "keys": ["image", "label"], "axcodes": "RAS" },
              { "_target_": "Spacingd", "keys": ["image", "label"], "pixdim": [2.0, 2.0, 2.0], "mode": ["bilinear", "nearest"] },
              { "_target_": "NormalizeIntensityd", "keys": "image", "nonzero": true } ],
            "random_transforms": [
              { "_target_": "SpatialPadd", "keys": ["image", "label"], "spatial_size": [20, 28, 20] },
              { "_target_": "RandSpatialCropd", "keys": ["image", "label"], "roi_size": [20, 28, 20], "random_size": false },
              { "_target_": "RandAffined", "keys": ["image", "label"], "prob": 0.5, "rotate_range": [0.26, 0.26, 0.26], "scale_range": [0.15, 0.15, 0.15], "mode": ["bilinear", "nearest"], "padding_mode": "zeros" },
              { "_target_": "RandFlipd", "keys": ["image", "label"], "prob": 0.5, "spatial_axis": 0 },
              { "_target_": "RandScaleIntensityd", "keys": "image", "factors": 0.15, "prob": 0.3 },
              { "_target_": "RandShiftIntensityd", "keys": "image", "offsets": 0.15, "prob": 0.3 } ],
            "preprocessing": { "_target_": "Compose", "transforms": "$@train#deterministic_transforms + @train#random_transforms" },
            "dataset": { "_target_": "CacheDataset", "data": [], "transform": "@train#preprocessing" },
            "dataloader": { "_target_": "DataLoader", "dataset": "@train#dataset", "batch_size": 2, "shuffle": true },
            "handlers": [ { "_target_": "LrScheduleHandler", "lr_scheduler": "@lr_scheduler", "print_lr": true, "epoch_level": false } ],
            "trainer": { "_target_": "SupervisedTrainer", "max_epochs": "@max_epochs", "device": "cpu", "train_data_loader": "@train#dataloader", "network": "@network",
              "loss_function": "@loss", "optimizer": "@optimizer", "inferer": { "_target_": "SimpleInferer" }, "train_handlers": "@train#handlers" }
          },
          "validate": {
            "preprocessing": { "_target_": "Compose", "transforms": "@train#deterministic_transforms" },
            "dataset": { "_target_": "Dataset", "data": [], "transform": "@validate#preprocessing" },
            "dataloader": { "_target_": "DataLoader", "dataset": "@validate#dataset", "batch_size": 1 },
            "inferer": { "_target_": "SlidingWindowInferer", "roi_size": [20, 28, 20], "sw_batch_size": 1, "overlap": 0.25 },
            "handlers": [ { "_target_": "CheckpointSaver", "save_dir": "models", "save_dict": { "model": "@network" }, "save_key_metric": true, "key_metric_filename": "model.pt" } ],
            "evaluator": { "_target_": "SupervisedEvaluator", "device": "cpu", "val_data_loader": "@validate#dataloader", "network": "@network", "inferer": "@validate#inferer", "val_handlers": "@validate#handlers" }
          }
        }
        """;

    /// <summary>Writes the bundle.</summary>
    /// <param name="folder">The folder of models.</param>
    /// <param name="settings">Filters of the first level and steps of a training, of which a tenth warms up.</param>
    public static void Write(string folder, CurveSettings settings)
    {
        var bundle = Path.Combine(folder, Name);
        var configs = Directory.CreateDirectory(Path.Combine(bundle, "configs")).FullName;
        Directory.CreateDirectory(Path.Combine(bundle, "models"));
        var network = Fill(Network, "FILTERS", settings.Filters);
        var train = Fill(Fill(Train, "WARMUP", settings.Steps / 10), "STEPS", settings.Steps);
        File.WriteAllText(Path.Combine(configs, "metadata.json"), Metadata);
        File.WriteAllText(Path.Combine(configs, "inference.json"), Inference.Replace("NETWORK", network, StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(configs, "train.json"), train.Replace("NETWORK", network, StringComparison.Ordinal));
    }

    private static string Fill(string text, string name, int value) => text.Replace(name, value.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
