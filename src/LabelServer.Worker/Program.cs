var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddGrpc();
await using var app = builder.Build();
await app.RunAsync();
