using System.Globalization;

namespace LabelServer.Testing;

/// <summary>Writes a bundle with the smallest SegResNet and a train config, so that an epoch takes a moment: two structures, windows of 16 voxels at 1 mm.</summary>
public static class TrainableBundle
{
    /// <summary>The weights file that it serves and trains.</summary>
    public const string Weights = "model.pt";

    /// <summary>Writes the bundle.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="seed">The seed of random weights to begin with; null: it has none.</param>
    /// <param name="learningRate">The optimiser's rate.</param>
    /// <param name="batchSize">Images in a batch.</param>
    /// <param name="samples">Patches of each image in an epoch; many make an epoch long.</param>
    public static void Write(string folder, int? seed = null, double learningRate = 0.01, int batchSize = 2, int samples = 2)
    {
        SegmentationBundle.Write(folder, fine: false, coarse: false, channels: """{ "0": "background", "1": "Anterior", "2": "Posterior" }""");
        var configs = Path.Combine(folder, "configs");
        var inference = File.ReadAllText(Path.Combine(configs, "inference.json"));
        File.WriteAllText(
            Path.Combine(configs, "inference.json"),
            inference.Replace("\"highres\": true, ", string.Empty, StringComparison.Ordinal)
                .Replace("$[1.0, 1.0, 1.0] if @displayable_configs#highres else [2.0, 2.0, 2.0]", "$[1.0, 1.0, 1.0]", StringComparison.Ordinal)
                .Replace($"$'{SegmentationBundle.FineWeights}' if @displayable_configs#highres else '{SegmentationBundle.CoarseWeights}'", Weights, StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(configs, "train.json"), Train
            .Replace("LEARNING_RATE", learningRate.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("BATCH_SIZE", batchSize.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("SAMPLES", samples.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        if (seed is { } chosen)
            SegmentationBundle.WriteWeights(Path.Combine(folder, "models", Weights), chosen);
    }

    private const string Train = """
        {
          "displayable_configs": { "learning_rate": LEARNING_RATE },
          "max_epochs": 4,
          "network_def": { "_target_": "SegResNet", "spatial_dims": 3, "in_channels": 1, "out_channels": 3, "init_filters": 8, "blocks_down": [1, 1], "blocks_up": [1] },
          "network": "$@network_def.to('cpu')",
          "loss": { "_target_": "DiceCELoss", "to_onehot_y": true, "softmax": true },
          "optimizer": { "_target_": "torch.optim.AdamW", "params": "$@network.parameters()", "lr": "@displayable_configs#learning_rate" },
          "lr_scheduler": { "_target_": "torch.optim.lr_scheduler.CosineAnnealingLR", "optimizer": "@optimizer", "T_max": "@max_epochs" },
          "trainer_options": { "seed": 5 },
          "train": {
            "deterministic_transforms": [
              { "_target_": "LoadImaged", "keys": ["image", "label"] },
              { "_target_": "EnsureChannelFirstd", "keys": ["image", "label"] },
              { "_target_": "Orientationd", "keys": ["image", "label"], "axcodes": "RAS" },
              { "_target_": "NormalizeIntensityd", "keys": "image", "nonzero": true } ],
            "random_transforms": [
              { "_target_": "SpatialPadd", "keys": ["image", "label"], "spatial_size": [16, 16, 16] },
              { "_target_": "RandCropByPosNegLabeld", "keys": ["image", "label"], "label_key": "label", "spatial_size": [16, 16, 16], "pos": 1, "neg": 1, "num_samples": SAMPLES } ],
            "preprocessing": { "_target_": "Compose", "transforms": "$@train#deterministic_transforms + @train#random_transforms" },
            "dataset": { "_target_": "CacheDataset", "data": [], "transform": "@train#preprocessing" },
            "dataloader": { "_target_": "DataLoader", "dataset": "@train#dataset", "batch_size": BATCH_SIZE, "shuffle": true },
            "handlers": [
              { "_target_": "LrScheduleHandler", "lr_scheduler": "@lr_scheduler", "print_lr": true },
              { "_target_": "ValidationHandler", "validator": "@validate#evaluator", "epoch_level": true, "interval": 1 } ],
            "trainer": { "_target_": "SupervisedTrainer", "max_epochs": "@max_epochs", "device": "cpu", "train_data_loader": "@train#dataloader", "network": "@network",
              "loss_function": "@loss", "optimizer": "@optimizer", "inferer": { "_target_": "SimpleInferer" }, "train_handlers": "@train#handlers" }
          },
          "validate": {
            "preprocessing": { "_target_": "Compose", "transforms": "@train#deterministic_transforms" },
            "dataset": { "_target_": "Dataset", "data": [], "transform": "@validate#preprocessing" },
            "dataloader": { "_target_": "DataLoader", "dataset": "@validate#dataset", "batch_size": 1 },
            "inferer": { "_target_": "SlidingWindowInferer", "roi_size": [16, 16, 16], "sw_batch_size": 1, "overlap": 0.25 },
            "handlers": [ { "_target_": "CheckpointSaver", "save_dir": "models", "save_dict": { "model": "@network" }, "save_key_metric": true, "key_metric_filename": "model.pt" } ],
            "evaluator": { "_target_": "SupervisedEvaluator", "device": "cpu", "val_data_loader": "@validate#dataloader", "network": "@network", "inferer": "@validate#inferer", "val_handlers": "@validate#handlers" }
          }
        }
        """;
}
