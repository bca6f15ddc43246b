using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks.Transformers;

/// <summary>Attention within windows, with a learned bias for each distance of two tokens: MONAI's <c>WindowAttention</c>.</summary>
/// <remarks>
/// <para>Source: MONAI@d388d1c6 monai/networks/nets/swin_unetr.py. State keys: <c>relative_position_bias_table</c>, <c>relative_position_index</c>, <c>qkv</c>, <c>proj</c>.</para>
/// <para>Without gradients a few windows are done at a time, which bounds the memory of the scores: 48 × 48 × 48 tokens in windows of 7 with 3 heads would need 0.5 GB for each copy.</para>
/// </remarks>
internal sealed class WindowAttention : nn.Module
{
    // Scores that are in memory at a time without gradients: 64 MB in float32.
    private const long MostScores = 16 << 20;
    private const string Table = "relative_position_bias_table";
    private const string Index = "relative_position_index";
    private readonly int _heads;
    [ComponentName(Name = "qkv")]
    private readonly Linear _in;
    [ComponentName(Name = "attn_drop")]
    private readonly Dropout _weightDropout;
    [ComponentName(Name = "proj")]
    private readonly Linear _out;
    [ComponentName(Name = "proj_drop")]
    private readonly Dropout _outDropout;

    /// <summary>Creates the layer.</summary>
    public WindowAttention(SwinUnetrOptions options, int features, int heads)
        : base(nameof(WindowAttention))
    {
        _heads = heads;
        using var noGradient = no_grad();
        var distances = options.Window.Aggregate(1L, (product, w) => product * ((2 * w) - 1));
        register_parameter(Table, new Parameter(nn.init.trunc_normal_(empty([distances, heads]), std: 0.02)));
        register_buffer(Index, Distances(options.Window).DetachFromDisposeScope());
        _in = nn.Linear(features, 3 * features, hasBias: options.QueryBias);
        _weightDropout = nn.Dropout(options.AttentionDropout);
        _out = nn.Linear(features, features);
        _outDropout = nn.Dropout(options.Dropout);
        register_module("qkv", _in);
        register_module("attn_drop", _weightDropout);
        register_module("proj", _out);
        register_module("proj_drop", _outDropout);
    }

    /// <summary>Applies it.</summary>
    /// <param name="windows">[N · windows, tokens, features].</param>
    /// <param name="regions">The region of each token, [windows, tokens], for shifted windows; or null.</param>
    public Tensor Run(Tensor windows, Tensor? regions)
    {
        using var scope = NewDisposeScope();
        var (count, tokens) = (windows.shape[0], windows.shape[1]);
        var bias = Bias(tokens);
        var all = regions?.repeat(count / regions.shape[0], 1);
        var step = is_grad_enabled() ? count : Math.Clamp(MostScores / (_heads * tokens * tokens), 1, count);
        var parts = new List<Tensor>();
        for (var start = 0L; start < count; start += step)
        {
            var length = Math.Min(step, count - start);
            parts.Add(Attend(windows.narrow(0, start, length), all?.narrow(0, start, length), bias));
        }

        return _outDropout.call(_out.call(parts.Count == 1 ? parts[0] : cat(parts, 0))).MoveToOuterDisposeScope();
    }

    private Tensor Attend(Tensor windows, Tensor? regions, Tensor bias)
    {
        using var scope = NewDisposeScope();

        // -100 as in MONAI: after the softmax nothing is left of it.
        var added = regions is null ? bias : bias + (regions.unsqueeze(1).ne(regions.unsqueeze(2)).unsqueeze(1).to(bias.dtype) * -100);
        return MultiHeadAttention.Apply(_in.call(windows), _heads, _weightDropout, added).MoveToOuterDisposeScope();
    }

    // A window that is smaller than the table's takes the first rows and columns of the index, as in MONAI.
    private Tensor Bias(long tokens)
    {
        var index = get_buffer(Index)!.narrow(0, 0, tokens).narrow(1, 0, tokens).reshape(-1).to(ScalarType.Int64);
        return get_parameter(Table)!.index_select(0, index).reshape(tokens, tokens, _heads).permute(2, 0, 1).unsqueeze(0);
    }

    // The row of the table for each two tokens: their distance along each axis, from 0 on, the last axis fastest.
    private static Tensor Distances(IReadOnlyList<int> window)
    {
        var axes = window.Count;
        var tokens = window.Aggregate(1, (product, w) => product * w);
        int[] Place(int token)
        {
            var place = new int[axes];
            for (var axis = axes - 1; axis >= 0; axis--)
            {
                (token, place[axis]) = (token / window[axis], token % window[axis]);
            }

            return place;
        }

        var places = Enumerable.Range(0, tokens).Select(Place).ToArray();
        long Row(int[] from, int[] to) => Enumerable.Range(0, axes).Aggregate(0L, (row, axis) => (row * ((2 * window[axis]) - 1)) + from[axis] - to[axis] + window[axis] - 1);
        return tensor(places.SelectMany(from => places.Select(to => Row(from, to))).ToArray()).reshape(tokens, tokens);
    }
}
