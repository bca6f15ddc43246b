using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>Questions about the machine that expressions ask. The answers come from the options: one process, and a GPU when the caller says so.</summary>
internal static class RuntimeFunctions
{
    public static bool IsKnown(string name) => name is "torch.cuda.is_available" or "torch.cuda.device_count" or "torch.distributed.is_initialized" or "torch.distributed.get_rank"
        or "torch.distributed.get_world_size" or "os.environ.get" or "os.getenv";

    public static ConfigValue Call(FunctionCall call, ExpressionOptions options) => call.Name switch
    {
        "torch.cuda.is_available" => new ConfigValue.Boolean(call.Expect(0, 0).Arguments.Count == 0 && options.CudaAvailable),
        "torch.cuda.device_count" => new ConfigValue.Integer(call.Expect(0, 0).Arguments.Count == 0 && options.CudaAvailable ? 1 : 0),
        "torch.distributed.is_initialized" => new ConfigValue.Boolean(false),
        "torch.distributed.get_rank" => new ConfigValue.Integer(0),
        "torch.distributed.get_world_size" => new ConfigValue.Integer(1),

        // A bundle sees no environment variables, so there is always only the default.
        _ => call.Expect(1, 2).Arguments.Count == 2 ? call[1] : ConfigValue.Null.Instance,
    };
}
