using System.IO.Enumeration;
using LabelServer.Learning.Losses;
using LabelServer.Learning.Losses.Fused;
using LabelServer.Learning.Networks;
using LabelServer.Learning.Optimisers;
using TorchSharp;
using static TorchSharp.torch;

namespace LabelServer.Learning.Training;

/// <summary>A network in training: float32 weights, and in bfloat16 a second module that computes with rounded copies of them.</summary>
/// <remarks>TorchSharp has no autocast, so the casts are explicit: weights are rounded before a pass, gradients become float32 after it, and the optimiser only ever sees float32. Owns both modules.</remarks>
internal sealed class TrainedNetwork : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _master;
    private readonly nn.Module<Tensor, Tensor>? _rounded;
    private readonly Dictionary<string, Tensor> _roundedParameters = new(StringComparer.Ordinal);

    /// <summary>Takes over modules.</summary>
    /// <param name="master">The network with its start weights.</param>
    /// <param name="rounded">A second one of the same kind for bfloat16, or null to compute in float32.</param>
    /// <param name="frozen">Names of weights that stay as they are, with * for any text.</param>
    /// <exception cref="TrainingException">A pattern matches nothing, or every weight is frozen.</exception>
    public TrainedNetwork(nn.Module<Tensor, Tensor> master, nn.Module<Tensor, Tensor>? rounded, IReadOnlyList<string> frozen)
    {
        _master = master;
        _rounded = rounded;
        TorchLayout.ConvertWeights(master);
        var all = master.named_parameters().Select(p => new TrainedParameter(p.name, p.parameter)).ToList();
        foreach (var pattern in frozen.Where(pattern => !all.Any(p => Matches(pattern, p.Name))))
        {
            throw new TrainingException($"No weight is named '{pattern}', so nothing would be frozen. The network's weights begin with: {string.Join(", ", all.Take(6).Select(p => p.Name))}.");
        }

        Parameters = [.. all.Where(p => !frozen.Any(pattern => Matches(pattern, p.Name)))];
        if (Parameters.Count == 0)
        {
            throw new TrainingException("All weights of the network are frozen; there is nothing to train.");
        }

        var trained = Parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var parameter in all)
        {
            parameter.Value.requires_grad = trained.Contains(parameter.Name);
        }

        master.train();
        if (rounded is not null)
        {
            rounded.to(ScalarType.BFloat16);
            TorchLayout.ConvertWeights(rounded);
            rounded.train();
            foreach (var (name, parameter) in rounded.named_parameters())
            {
                _roundedParameters[name] = parameter;
                parameter.requires_grad = trained.Contains(name);
            }

            Round();
        }
    }

    /// <summary>The weights that are trained, in float32.</summary>
    public IReadOnlyList<TrainedParameter> Parameters { get; }

    /// <summary>All weights and buffers by MONAI's key names, in the network's order. The tensors belong to the network.</summary>
    public IReadOnlyDictionary<string, Tensor> State() => _master.state_dict();

    private nn.Module<Tensor, Tensor> Computing => _rounded ?? _master;

    /// <summary>Scores in float32.</summary>
    public Tensor Forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Computing.call(Input(images)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>The mean loss of a batch; without making all scores where network and loss allow it.</summary>
    /// <param name="batch">Images and labels.</param>
    /// <param name="loss">The loss of scores.</param>
    /// <param name="fused">The same loss together with the last convolution, or null.</param>
    public Tensor Loss(TrainingBatch batch, MarginalLoss loss, HeadLoss? fused)
    {
        using var scope = NewDisposeScope();
        if (fused is null || Computing is not IFeatureNetwork { Head: { } head } network || !HeadLoss.Takes(batch.Images, batch.Labels, head))
        {
            return loss.Forward(Forward(batch.Images), batch.Labels, batch.Listed).MoveToOuterDisposeScope();
        }

        LossShapes.Require(batch.Images, batch.Labels, nameof(HeadLoss));
        using var features = network.Features(Input(batch.Images));
        return fused.Forward(features, head, batch.Labels, batch.Listed).MoveToOuterDisposeScope();
    }

    private Tensor Input(Tensor images)
    {
        var last = TorchLayout.ImageLast(images);
        return _rounded is null ? last : last.to(ScalarType.BFloat16);
    }

    /// <summary>Adds the gradients of the last backward pass to those of the float32 weights.</summary>
    public void CollectGradients()
    {
        if (_rounded is null)
        {
            return;
        }

        foreach (var parameter in Parameters)
        {
            using var scope = NewDisposeScope();
            var rounded = _roundedParameters[parameter.Name];
            var gradient = rounded.grad;
            if (gradient is null)
            {
                continue;
            }

            var collected = parameter.Value.grad;
            if (collected is null)
            {
                parameter.Value.grad = gradient.to(ScalarType.Float32);
            }
            else
            {
                collected.add_(gradient);
            }

            rounded.grad = null;
        }
    }

    /// <summary>Copies the float32 weights into the module that computes. Call after each step.</summary>
    public void Round()
    {
        using var noGradients = no_grad();
        foreach (var (name, parameter) in _master.named_parameters())
        {
            if (_roundedParameters.TryGetValue(name, out var rounded))
            {
                rounded.copy_(parameter);
            }
        }
    }

    /// <summary>The norm of all gradients together; scaled down to the limit where it is larger.</summary>
    public double ClipGradients(double limit)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] gradients = [.. Parameters.Select(p => p.Value.grad).OfType<Tensor>()];
        var norm = Math.Sqrt(gradients.Sum(g => (double)g.square().sum().item<float>()));
        if (norm > limit)
        {
            // As PyTorch's clip_grad_norm_, which adds 1e-6 to the norm.
            foreach (var gradient in gradients)
            {
                gradient.mul_(limit / (norm + 1e-6));
            }
        }

        return norm;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _master.Dispose();
        _rounded?.Dispose();
    }

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
