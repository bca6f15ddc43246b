using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.Tests.SlidingWindow;

namespace LabelServer.Inference.Tests.Pipelines;

/// <summary>A bundle in a folder of its own whose network is <see cref="FunctionNetwork"/>: class 1 where the image is above 0.</summary>
internal sealed class TestBundle : INetworkFactory, IDisposable
{
    public const string Metadata = """
        { "version": "1", "network_data_format": { "inputs": { "image": { "num_channels": 1 } }, "outputs": { "pred": { "channel_def": { "0": "background", "1": "liver", "2": "spleen" } } } } }
        """;

    public const string Inference = """
        {
          "displayable_configs": { "highres": true, "sw_overlap": 0.25, "sw_batch_size": 1, "shift": 0 },
          "pixdim": "$[1.5, 1.5, 1.5] if @displayable_configs#highres else [3.0, 3.0, 3.0]",
          "modelname": "$'model.pt' if @displayable_configs#highres else 'model_lowres.pt'",
          "network_def": { "_target_": "SegResNet", "out_channels": 2 },
          "network": "$@network_def.to('cpu')",
          "preprocessing": { "_target_": "Compose", "transforms": [
            { "_target_": "LoadImaged", "keys": "image" },
            { "_target_": "EnsureChannelFirstd", "keys": "image" },
            { "_target_": "Orientationd", "keys": "image", "axcodes": "RAS" },
            { "_target_": "Spacingd", "keys": "image", "pixdim": "@pixdim", "mode": "nearest" } ] },
          "inferer": { "_target_": "SlidingWindowInferer", "roi_size": [8, 8, 8], "sw_batch_size": "@displayable_configs#sw_batch_size",
            "overlap": "@displayable_configs#sw_overlap", "padding_mode": "replicate", "mode": "gaussian", "device": "$torch.device('cpu')" },
          "postprocessing": { "_target_": "Compose", "transforms": [
            { "_target_": "Activationsd", "keys": "pred", "softmax": true },
            { "_target_": "AsDiscreted", "keys": "pred", "argmax": true },
            { "_target_": "Invertd", "keys": "pred", "transform": "@preprocessing", "orig_keys": "image", "nearest_interp": true } ] },
          "checkpointloader": { "_target_": "CheckpointLoader", "load_path": "$@bundle_root + '/models/' + @modelname", "load_dict": { "model": "@network" } }
        }
        """;

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("labelserver-bundle-");

    public TestBundle(string? inference = null, params string[] weights)
    {
        Root = Path.Combine(_parent.FullName, "test_bundle");
        Directory.CreateDirectory(Path.Combine(Root, "configs"));
        Directory.CreateDirectory(Path.Combine(Root, "models"));
        File.WriteAllText(Path.Combine(Root, "configs", "metadata.json"), Metadata);
        File.WriteAllText(Path.Combine(Root, "configs", "inference.json"), inference ?? Inference);
        foreach (var name in weights.Length == 0 ? ["model.pt", "model_lowres.pt"] : weights)
        {
            WriteWeights(name, "1");
        }
    }

    public string Root { get; }

    /// <summary>What was loaded: file name and its text.</summary>
    public List<(string File, string Text)> Loaded { get; } = [];

    public List<FunctionNetwork> Networks { get; } = [];

    public Action? BeforeRun { get; set; }

    public int Classes { get; init; } = 2;

    public void WriteWeights(string name, string text) => File.WriteAllText(Path.Combine(Root, "models", name), text);

    public IBundleRunner Open(BundleRunnerOptions? options = null) => new BundleRunnerFactory(this, options).Open(Root);

    public bool Supports(ConfigValue.Component definition) => definition.Target == "SegResNet";

    public async Task<INetwork> CreateAsync(ConfigValue.Component definition, string weightsFile, NetworkOptions options, CancellationToken cancellationToken)
    {
        Loaded.Add((Path.GetFileName(weightsFile), await File.ReadAllTextAsync(weightsFile, cancellationToken)));
        var network = new FunctionNetwork(Classes, (sample, _, _, _, _, scores) =>
        {
            scores.Clear();
            scores[0] = 0.5f;
            scores[1] = sample > 0 ? 1 : 0;
        })
        { BeforeRun = () => BeforeRun?.Invoke() };
        Networks.Add(network);
        return network;
    }

    public bool SupportsWhole(string file) => true;

    public Task<INetwork> LoadWholeAsync(string file, NetworkOptions options, CancellationToken cancellationToken) =>
        CreateAsync(new ConfigValue.Component("script", "SegResNet", []), file, options, cancellationToken);

    public void Dispose() => _parent.Delete(recursive: true);
}
