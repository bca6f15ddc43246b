using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Gives a module the name that it has one level further down, where MONAI wraps one block into another.</summary>
internal sealed class NamedModule : nn.Module<Tensor, Tensor>
{
    // In an array, so that the field's own name does not become a second one.
    private readonly nn.Module<Tensor, Tensor>[] _module;

    /// <summary>Takes over the module and registers it under the name.</summary>
    public NamedModule(string name, nn.Module<Tensor, Tensor> module)
        : base(nameof(NamedModule))
    {
        _module = [module];
        register_module(name, module);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _module[0].call(input);
}
