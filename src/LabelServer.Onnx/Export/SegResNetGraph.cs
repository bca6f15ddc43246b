using LabelServer.Inference.Networks;
using LabelServer.Onnx.Schema;

namespace LabelServer.Onnx.Export;

/// <summary>Writes MONAI's SegResNet as an ONNX graph: input [batch, C, x, y(, z)], output [batch, classes, x, y(, z)], batch and sizes free.</summary>
/// <remarks>Source: MONAI@d388d1c6 monai/networks/nets/segresnet.py; Myronenko 2018, arXiv:1810.11654. The same network as LabelServer.Learning's SegResNet, whose weights have the same keys. Golden: SegResNetExportGoldenTests.</remarks>
internal sealed class SegResNetGraph(SegResNetOptions network, IGraphWeights weights, OnnxGraphOptions options)
{
    // Operator set 17 has all that is needed and is taken by ONNX Runtime from 1.12 on, TensorRT, OpenVINO and DirectML. IR version 8 goes with it.
    private const long IrVersion = 8;
    private const TensorProto.Types.DataType Single = TensorProto.Types.DataType.Float;
    private static readonly string[] AxisNames = ["x", "y", "z"];
    private readonly bool _isHalf = options.Precision == NetworkPrecision.Float16;
    private readonly Stack<string> _skips = [];
    private readonly GraphBuilder _graph = new(options.Precision == NetworkPrecision.Float16);

    /// <summary>Builds the model.</summary>
    /// <exception cref="NetworkUnsupportedException">An option is not supported.</exception>
    public ModelProto Build()
    {
        network.Check();
        var input = _isHalf ? Cast(options.InputName, TensorProto.Types.DataType.Float16) : options.InputName;
        var output = Final(Decode(Encode(input)));
        if (_isHalf)
            Cast(output, Single);
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "LabelServer",
            ProducerVersion = typeof(SegResNetGraph).Assembly.GetName().Version?.ToString(3) ?? string.Empty,
            Graph = _graph.Finish("SegResNet", Value(options.InputName, network.InChannels), Value(options.OutputName, network.ClassCount)),
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = string.Empty, Version = OnnxExport.Opset });
        model.MetadataProps.AddRange((options.Properties ?? []).Select(p => new StringStringEntryProto { Key = p.Key, Value = p.Value }));
        return model;
    }

    private string Encode(string input)
    {
        var x = Convolution("convInit", input, network.InChannels, network.InitFilters, kernel: 3);
        for (var level = 0; level < network.BlocksDown.Count; level++)
        {
            var channels = network.InitFilters << level;
            if (level > 0)
                x = Convolution($"down_layers.{level}.0", x, channels / 2, channels, kernel: 3, stride: 2);
            x = Blocks($"down_layers.{level}", first: 1, network.BlocksDown[level], channels, x);
            _skips.Push(x);
        }

        return _skips.Pop();
    }

    private string Decode(string x)
    {
        for (var step = 0; step < network.BlocksUp.Count; step++)
        {
            var channels = network.InitFilters << (network.BlocksUp.Count - step - 1);
            x = Convolution($"up_samples.{step}.0", x, channels * 2, channels, kernel: 1);
            x = UpsampleNodes.Add(_graph, weights, network.UpsampleMode, $"up_samples.{step}.1", x, channels, network.SpatialDims);
            x = _graph.Node("Add", [x, _skips.Pop()]);
            x = Blocks($"up_layers.{step}", first: 0, network.BlocksUp[step], channels, x);
        }

        return x;
    }

    private string Final(string x)
    {
        // One activation is registered under two names; the values are the same.
        weights.Ignore("act_mod.weight");
        if (!network.UseConvFinal)
        {
            foreach (var key in new[] { "conv_final.0.weight", "conv_final.0.bias", "conv_final.1.weight", "conv_final.2.conv.weight", "conv_final.2.conv.bias" })
                weights.Ignore(key);
            return x;
        }

        x = Norm("conv_final.0", x, network.InitFilters);
        x = ActivationNodes.Add(_graph, weights, network.Activation, "conv_final.1", x, network.SpatialDims);
        return Convolution("conv_final.2", x, network.InitFilters, network.OutChannels, kernel: 1, bias: true);
    }

    private string Blocks(string key, int first, int count, int channels, string x)
    {
        for (var index = first; index < first + count; index++)
            x = Block($"{key}.{index}", channels, x);
        return x;
    }

    // Normalisation, activation, convolution, twice, plus the input.
    private string Block(string key, int channels, string input)
    {
        var x = input;
        foreach (var half in new[] { "1", "2" })
        {
            x = Norm($"{key}.norm{half}", x, channels);
            x = ActivationNodes.Add(_graph, weights, network.Activation, $"{key}.act", x, network.SpatialDims);
            x = Convolution($"{key}.conv{half}", x, channels, channels, kernel: 3);
        }

        return _graph.Node("Add", [x, input]);
    }

    private string Norm(string key, string x, int channels) => NormalizationNodes.Add(_graph, weights, network.Norm, key, x, channels, network.SpatialDims);

    private string Convolution(string key, string x, int from, int to, int kernel, int stride = 1, bool bias = false)
    {
        var dims = network.SpatialDims;
        long[] shape = [to, from, .. Enumerable.Repeat((long)kernel, dims)];
        List<string> inputs = [x, _graph.Weights($"{key}.conv.weight", weights.Take($"{key}.conv.weight", shape), shape)];
        if (bias)
            inputs.Add(_graph.Weights($"{key}.conv.bias", weights.Take($"{key}.conv.bias", to), to));
        return _graph.Node(
            "Conv",
            inputs,
            ("kernel_shape", Enumerable.Repeat((long)kernel, dims)),
            ("strides", Enumerable.Repeat((long)stride, dims)),
            ("pads", Enumerable.Repeat((kernel - 1) / 2L, 2 * dims)));
    }

    private string Cast(string x, TensorProto.Types.DataType type) => _graph.Node("Cast", [x], ("to", (long)type));

    private ValueInfoProto Value(string name, int channels)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = channels });
        shape.Dim.AddRange(AxisNames.Take(network.SpatialDims).Select(a => new TensorShapeProto.Types.Dimension { DimParam = a }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)Single, Shape = shape } } };
    }
}
